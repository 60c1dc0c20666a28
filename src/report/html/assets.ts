import { sha256 } from '../../bytes/sha256.js';
import { script } from './script.js';
import { hatches, style } from './style.js';

export { hatches, script, style };

function hashOf(text: string): string {
  return `'sha256-${sha256(text).toString('base64')}'`;
}

/** Nothing but this style and this script: what a dump holds can't run, and nothing is fetched or sent. */
export function contentPolicy(): string {
  return `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
}
