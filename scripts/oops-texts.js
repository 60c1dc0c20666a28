#!/usr/bin/env node
/**
 * Lays out the texts that test/oopstext/public/facts.json states the facts of, from copies of their repositories: a
 * git directory `<owner>+<name>/repo` or `<owner>/<name>` of each in one folder. What has no copy is named and left
 * out.
 *
 *   node scripts/oops-texts.js FOLDER-OF-COPIES FOLDER-OF-TEXTS
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [copies, texts] = process.argv.slice(2);
if (copies === undefined || texts === undefined) {
  process.stderr.write('usage: node scripts/oops-texts.js FOLDER-OF-COPIES FOLDER-OF-TEXTS\n');
  process.exit(2);
}

const table = /** @type {Record<string, object>} */ (
  JSON.parse(readFileSync(new URL('../test/oopstext/public/facts.json', import.meta.url), 'utf8'))
);

for (const [repository, files] of Object.entries(table)) {
  const git = [`${repository.replace('/', '+')}/repo`, repository].map((name) => join(copies, name)).find(existsSync);
  if (git === undefined) {
    process.stderr.write(`${repository}: no copy in ${copies}\n`);
    continue;
  }
  for (const file of Object.keys(files)) {
    const { status, stdout, stderr } = spawnSync('git', ['-C', git, 'show', file], { maxBuffer: 64 << 20 });
    if (status !== 0) {
      process.stderr.write(`${repository} ${file}: ${stderr.toString().trim()}\n`);
      continue;
    }
    const path = join(texts, repository, file.replace(':', '/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, stdout);
  }
}
