import { createHash } from 'node:crypto';
import { script } from './script.js';
import { hatches, style } from './style.js';

export { hatches, script, style };

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Nothing but this style and this script: what a dump holds can't run, and nothing is fetched or sent. */
export function contentPolicy(): string {
  return `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
}
