/**
 * What all code in a thread shares. A plugin that changes it changes oompm, Node and the other plugins with it; what is
 * added beside (a polyfill) changes nobody's answers, but on Object.prototype, from which every object would have it.
 */
const names = [
  'Object',
  'Function',
  'Array',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'Date',
  'RegExp',
  'Promise',
  'Proxy',
  'Error',
  'TypeError',
  'RangeError',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Uint8Array',
  'Int32Array',
  'BigUint64Array',
  'Float64Array',
  'JSON',
  'Math',
  'Reflect',
  'Atomics',
  'Iterator',
  'Buffer',
];

/** Made to be set: the compiler of plugins does so too. */
const settings: ReadonlySet<PropertyKey> = new Set(['prepareStackTrace', 'stackTraceLimit', 'poolSize']);

/** Held here: after a change, this file has to work all the same. It calls no method and uses no iterator below. */
const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;
const { ownKeys } = Reflect;

interface Shared {
  name: string;
  object: object;
  keys: readonly PropertyKey[];
  values: readonly (PropertyDescriptor | undefined)[];
}

/**
 * Remembers them as they are; the returned function tells whether they still are so.
 * @returns the first that was changed, in words: "Array.prototype.map"
 */
export function watchBuiltIns(): () => string | undefined {
  const shared: Shared[] = [remembered('globalThis', globalThis, names)];
  const add = (name: string, object: unknown): void => {
    if ((typeof object === 'object' && object !== null) || typeof object === 'function')
      shared.push(
        remembered(
          name,
          object,
          ownKeys(object).filter((key) => !settings.has(key)),
        ),
      );
  };
  for (const name of names) {
    const global: unknown = (globalThis as Record<string, unknown>)[name];
    add(name, global);
    add(`${name}.prototype`, typeof global === 'function' ? global.prototype : undefined);
  }
  add('%TypedArray%.prototype', getPrototypeOf(Uint8Array.prototype));
  add('%ArrayIterator%.prototype', getPrototypeOf([][Symbol.iterator]()));
  add('%Iterator%.prototype', getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));
  add(
    '%Generator%.prototype',
    getPrototypeOf(
      function* () {
        /* for its prototype */
      }.prototype,
    ),
  );
  return () => changedOf(shared);
}

function remembered(name: string, object: object, keys: readonly PropertyKey[]): Shared {
  return { name, object, keys, values: keys.map((key) => getOwnPropertyDescriptor(object, key)) };
}

function changedOf(shared: readonly Shared[]): string | undefined {
  for (let at = 0; at < shared.length; at++) {
    const { name, object, keys, values } = shared[at]!;
    for (let index = 0; index < keys.length; index++) {
      if (!isSame(getOwnPropertyDescriptor(object, keys[index]!), values[index])) return nameOf(name, keys[index]!);
    }
    if (object !== Object.prototype) continue;
    const now = ownKeys(object);
    if (now.length > keys.length) return nameOf(name, now[now.length - 1]!);
  }
  return undefined;
}

function isSame(now: PropertyDescriptor | undefined, before: PropertyDescriptor | undefined): boolean {
  if (now === undefined || before === undefined) return now === before;
  return is(now.value, before.value) && now.get === before.get && now.set === before.set;
}

function nameOf(object: string, key: PropertyKey): string {
  const own = String(key);
  return object === 'globalThis' ? own : `${object}.${own}`;
}
