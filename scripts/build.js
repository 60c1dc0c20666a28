#!/usr/bin/env node
/**
 * Makes dist/: the code bundled and split by what commands load, each command's help, the licences of what is
 * bundled, and, with --types, the public doors' declarations.
 *
 *   node scripts/build.js [--if-stale] [--types]
 *
 * Rolldown, for it comes with Vitest's Vite: a bundle of esbuild's took as long to load, and its own 11 MB to install.
 * CommonJS: Node 20 loads what `analyze` needs of it in 60 ms of CPU less than as ES modules, and lets compiled code be
 * kept (src/app/compiled-code.ts).
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const packageJson =
  /** @type {{ exports: Record<string, string | { default: string, 'oompm-source': string }>, dependencies: object, optionalDependencies: object }} */ (
    readJson(join(root, 'package.json'))
  );

/** The doors that package.json exports, by the name of their file in dist/. */
const doors = Object.fromEntries(
  Object.values(packageJson.exports).flatMap((door) =>
    typeof door === 'string' ? [] : [[door.default.replace(/^\.\/dist\/(.*)\.cjs$/, '$1'), door['oompm-source']]],
  ),
);

/** @type {Record<string, string>} */
const entries = {
  oompm: './src/cli/main.ts',
  commands: './src/cli/commands.ts',
  plugins: './plugins/index.ts',
  'runner-worker': './src/app/runner-thread.ts',
  'doors-worker': './src/tui/data/doors-thread.ts',
  ...doors,
};

/**
 * Modules that a command loads all or nearly all of, in one file each: opening a file and linking a module takes longer
 * than reading 10 kB of code that is not needed. Everything else is split by who imports it.
 */
const groups = [
  // What `--version` and every error path load.
  {
    name: 'base',
    test: /\/src\/(?:words\/(?:defined|nearest-word|quantity)|bytes\/(?:input-error|make-folder|surroundings-error|user-folders)|(?:cli\/exit-status|app\/progress)|report\/escape)/,
    priority: 2,
  },
  // What compiled code is kept with: nothing may load the kernel's chunk before that.
  { name: 'temporary-file', test: /\/src\/bytes\/temporary-file/, priority: 2 },
  { name: 'oclif', test: /node_modules\/@oclif\/core\/lib\/(?!help\/(?!util))/ },
  {
    name: 'kernel',
    test: /\/(?:symbols|src\/(?:words|bytes|dump|memory|debuginfo\/(?!dwarf|unpack)|arch|kernel|inspect|linux|session|stack))\//,
  },
  { name: 'report', test: /\/src\/(?:oom\/|plugin\/(?!runner-worker)|report\/|locks\/|stalls\/)/ },
  { name: 'sections', test: /\/plugins\/[^/]+\// },
];

/**
 * What is not bundled: native code, what reads files of its own, and what others' code asks for in case it is there.
 */
const external = [
  ...Object.keys(packageJson.dependencies),
  ...Object.keys(packageJson.optionalDependencies),
  'typescript',
  'react-devtools-core',
];

/**
 * What of oclif oompm never comes to, and what stands in for it. Commands are found, errors told and help shown by
 * src/cli; oclif's own ways of doing it, with what they import, are four fifths of its code and most of the time it
 * takes to load.
 * @type {Record<string, string>}
 */
const standIns = {
  config: 'exports.Config = class Config {};',
  'config/ts-path': 'exports.tsPath = undefined;',
  'module-loader': 'exports.load = undefined;',
  logger:
    'const none = { child: () => none, debug() {}, error() {}, info() {}, trace() {}, warn() {} }; exports.getLogger = () => none; exports.makeDebug = () => none.debug; exports.setLogger = exports.clearLoggers = () => {};',
  'errors/handle': 'exports.handle = (error) => { throw error; };',
  // For Flags.help(), which oompm has not.
  'flags>help': 'exports.loadHelpClass = undefined;',
  'ux/action/simple': 'exports.default = class { start() {} stop() {} };',
  'ux/action/spinner': 'exports.default = class { start() {} stop() {} };',
  'ux/colorize-json': 'exports.default = (json) => JSON.stringify(json);',
};
/** Help's texts are templates to oclif: of its own ones only the usage names a value. */
const ejsStandIn =
  'exports.default = { render: (text, data) => text.replace(/<%= ([\\w.]+) %>/g, (_, path) => path.split(".").reduce((value, key) => value[key], data)) };';

const lessOfOclif = {
  name: 'less-of-oclif',
  /** @param {string} id @param {string | undefined} importer */
  resolveId(id, importer) {
    const [, inside] = importer?.match(/\/node_modules\/@oclif\/core\/lib\/(.*)/) ?? [];
    if (inside === undefined) return undefined;
    if (id === 'ejs') return '\0oclif:ejs';
    const module = id.startsWith('.') ? posix.join(posix.dirname(inside), id) : id;
    const found = [module, `${inside.replace(/\.js$/, '')}>${module}`].find((key) => key in standIns);
    return found === undefined ? undefined : `\0oclif:${found}`;
  },
  /** @param {string} id */
  load(id) {
    if (!id.startsWith('\0oclif:')) return undefined;
    const module = id.slice('\0oclif:'.length);
    return `exports.__esModule = true; ${module === 'ejs' ? ejsStandIn : standIns[module]}`;
  },
};

/**
 * What Ink waits for as it is loaded, which CommonJS can't: devtools, which are left out, and its layout engine
 * (src/tui/layout-engine.ts).
 */
const inkWithoutWaiting = {
  name: 'ink-without-waiting',
  transform: {
    filter: { id: /\/node_modules\/(?:ink\/build\/reconciler|yoga-layout\/dist\/src\/index)\.js$/ },
    /** @param {string} code @param {string} id */
    handler(code, id) {
      return id.includes('/ink/')
        ? code.replace(/^if \(isDev\(\)\) \{.*?^\}/ms, '').replace('await loadPackageJson()', '{}')
        : code.replace(
            'wrapAssembly(await loadYoga())',
            '{ ready: loadYoga().then((loaded) => Object.assign(Yoga, wrapAssembly(loaded))) }',
          );
    },
  },
};

const typesDoor = 'index.d.ts';

const words = process.argv.slice(2);
const unfinished = join(root, `.dist.${process.pid}`);
if (!words.includes('--if-stale') || isStale()) await build();
else if (lacksTypes()) await addTypes();

async function build() {
  const { rolldown } = await bundler();
  const bundle = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    external,
    plugins: [lessOfOclif, inkWithoutWaiting],
    // What a door exports is imported elsewhere too: that it is in another chunk already is as it should be.
    checks: { ineffectiveDynamicImport: false },
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    resolve: { conditionNames: ['oompm-source', 'node', 'import', 'default'] },
  });
  const { output } = await bundle.write({
    dir: unfinished,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: { groups },
    comments: false,
  });
  await bundle.close();
  for (const chunk of output) {
    if (chunk.type === 'chunk') writeFileSync(join(unfinished, chunk.fileName), inAscii(chunk.code));
  }
  writeFileSync(
    join(unfinished, 'LICENSES.txt'),
    licences(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))),
  );
  if (words.includes('--types')) await buildTypes(unfinished);
  const { bundledHelp } = /** @type {typeof import('../src/cli/commands.js')} */ (
    await import(pathToFileURL(join(unfinished, 'commands.cjs')).href)
  );
  writeFileSync(join(unfinished, 'commands.json'), JSON.stringify(await bundledHelp()));
  // Between the two names there is no dist/ for microseconds: who starts oompm meanwhile is told that it isn't built.
  const old = `${unfinished}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(unfinished, dist);
  rmSync(old, { recursive: true, force: true });
}

/** Ends with a sentence where npm left out the bundler's binary, which is an optional package of the bundler's. */
async function bundler() {
  try {
    return await import('rolldown');
  } catch {
    process.stderr.write(
      "oompm can't be built here: Rolldown, or its binary for this machine, is not installed (npm's --omit=optional and --omit=dev leave it out); run npm ci, or install the packed tgz, which needs no build.\n",
    );
    process.exit(1);
  }
}

/** To a dist/ that is as new as its sources: nothing that may be running from it is taken away. */
async function addTypes() {
  await buildTypes(unfinished);
  // By the last, it is told whether they are there.
  const files = readdirSync(unfinished).filter((file) => file !== typesDoor);
  for (const file of [...files, typesDoor]) renameSync(join(unfinished, file), join(dist, file));
  rmSync(unfinished, { recursive: true });
}

/**
 * One letter beyond Latin-1 makes V8 keep all of a file's text in twice the memory, and Node decode it at half the
 * speed: as escapes they cost nothing. (In a template's raw text they would show; none that is asked for has any.)
 * @param {string} code
 */
function inAscii(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @param {string} dir */
async function buildTypes(dir) {
  const { rolldown } = await bundler();
  const { dts } = await import('rolldown-plugin-dts');
  const bundle = await rolldown({
    cwd: root,
    input: doors,
    platform: 'node',
    external: [...external, /^node:/],
    resolve: { conditionNames: ['oompm-source', 'node', 'import', 'default'] },
    // What tsc takes is no news to who packs or installs.
    checks: { bundlerTimings: false },
    plugins: [dts({ emitDtsOnly: true, tsconfig: join(root, 'tsconfig.build.json') })],
  });
  await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
}

/** Each bundled package's own licence text. @param {readonly string[]} moduleIds */
function licences(moduleIds) {
  const folders = new Set(
    moduleIds.flatMap((id) => id.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
  );
  return [...folders]
    .toSorted()
    .map((folder) => {
      const { name, version, license } = /** @type {{ name: string, version: string, license: string }} */ (
        readJson(join(folder, 'package.json'))
      );
      const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
      return `${name} ${version} (${license})\n\n${file === undefined ? 'The package has no text of its licence.\n' : readFileSync(join(folder, file), 'utf8')}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function isStale() {
  const built = join(dist, 'commands.json');
  if (!existsSync(built)) return true;
  const sources = ['src', 'plugins', 'symbols', 'scripts', 'package.json'].map((name) => join(root, name));
  return Math.max(...sources.map(newest)) > statSync(built).mtimeMs;
}

function lacksTypes() {
  return words.includes('--types') && !existsSync(join(dist, typesDoor));
}

/** When the file, or the latest in the folder, was changed. @param {string} path @returns {number} */
function newest(path) {
  const stat = statSync(path);
  return stat.isDirectory()
    ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
    : stat.mtimeMs;
}

/** @param {string} path @returns {unknown} */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
