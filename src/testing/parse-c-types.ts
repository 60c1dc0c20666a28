import { Kind } from '../debuginfo/btf/format.js';
import { rawInt, type RawType } from './build-btf.js';

/** A member's or variable's type, with what layout needs of it. */
interface Laid {
  id: number;
  size: number;
  align: number;
}

const SIGNED = 1;
const CHAR = 2;
const BOOL = 4;

/** C's own integers and the kernel's names for them, on x86_64. */
const INTEGERS: Readonly<Record<string, readonly [size: number, encoding: number]>> = {
  char: [1, SIGNED | CHAR],
  'signed char': [1, SIGNED],
  'unsigned char': [1, 0],
  bool: [1, BOOL],
  _Bool: [1, BOOL],
  short: [2, SIGNED],
  'unsigned short': [2, 0],
  int: [4, SIGNED],
  'unsigned int': [4, 0],
  unsigned: [4, 0],
  long: [8, SIGNED],
  'unsigned long': [8, 0],
  'long long': [8, SIGNED],
  'unsigned long long': [8, 0],
  u8: [1, 0],
  s8: [1, SIGNED],
  u16: [2, 0],
  s16: [2, SIGNED],
  u32: [4, 0],
  s32: [4, SIGNED],
  u64: [8, 0],
  s64: [8, SIGNED],
  size_t: [8, 0],
  pid_t: [4, SIGNED],
  gfp_t: [4, 0],
};

/**
 * C declarations as a kernel's headers have them, as BTF types: structs, unions, enums and typedefs with pointers,
 * arrays, bit fields, anonymous members and functions behind pointers, laid out as the compiler does on x86_64. No
 * preprocessor: an array's length is a number. Functions are declared with the names of their parameters. What is
 * declared twice is as it was declared last.
 * @throws Error that shows the place where it understands no more
 */
export function parseCTypes(source: string): RawType[] {
  const words =
    source.replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' ').match(/[A-Za-z_]\w*|0x[\da-f]+|\d+|[{}()[\];:,*=-]/gi) ?? [];
  const types: (RawType | undefined)[] = [];
  const laid = new Map<number, Laid>();
  const named = new Map<string, number>();
  let at = 0;

  const peek = (): string => words[at] ?? '';
  const next = (): string => words[at++] ?? '';
  const fail = (what: string): never => {
    throw new Error(`C types: ${what} at "${words.slice(Math.max(0, at - 4), at + 4).join(' ')}"`);
  };
  const expectWord = (word: string): void => {
    if (next() !== word) fail(`no "${word}"`);
  };
  const accept = (word: string): boolean => {
    if (peek() !== word) return false;
    at++;
    return true;
  };
  const add = (type: RawType | undefined, size: number, align: number): Laid => {
    types.push(type);
    const made = { id: types.length, size, align };
    laid.set(made.id, made);
    return made;
  };
  const once = (key: string, make: () => Laid): Laid => {
    const known = named.get(key);
    if (known !== undefined) return laid.get(known)!;
    const made = make();
    named.set(key, made.id);
    return made;
  };
  const pointerTo = (id: number): Laid => once(`*${id}`, () => add({ kind: Kind.PTR, last: id }, 8, 8));
  const arrayOf = (element: Laid, length: number): Laid => {
    const index = integer('unsigned int');
    return add(
      { kind: Kind.ARRAY, last: 0, rest: [element.id, index.id, length] },
      element.size * length,
      element.align,
    );
  };
  function integer(name: string): Laid {
    const [size, encoding] = INTEGERS[name] ?? fail(`unknown type "${name}"`);
    return once(name, () => add(rawInt(name, size, encoding), size, size));
  }

  /** `struct x`, `unsigned long`, `atomic_t`, or a definition in place. */
  function baseType(): Laid {
    while (['const', 'volatile', 'extern', 'static', '__percpu', '__rcu', '__user'].includes(peek())) at++;
    if (peek() === 'struct' || peek() === 'union') return compound(next());
    if (accept('enum')) return enumeration();
    if (accept('void')) return { id: 0, size: 0, align: 1 };
    const known = named.get(peek());
    if (known !== undefined && !(peek() in INTEGERS)) {
      at++;
      return laid.get(known)!;
    }
    let name = next();
    while (`${name} ${peek()}` in INTEGERS) name = `${name} ${next()}`;
    // "unsigned long int" is "unsigned long".
    if (/long|short/.test(name)) accept('int');
    return integer(name);
  }

  function compound(kind: string): Laid {
    const tag = /^\w/.test(peek()) ? next() : '';
    const slot =
      tag === ''
        ? add(undefined, 0, 1)
        : once(`${kind} ${tag}`, () => add({ name: tag, kind: Kind.FWD, kflag: kind === 'union', last: 0 }, 0, 1));
    if (accept('{')) define(slot, kind, tag);
    return slot;
  }

  function define(slot: Laid, kind: string, tag: string): void {
    const members: { name: string; type: number; bits: number; width: number }[] = [];
    let end = 0; // in bits
    while (!accept('}')) {
      if (peek() === '') fail('a struct that is not closed');
      const base = baseType();
      if (accept(';')) {
        end = place({ name: '', type: base, width: 0 }, end);
        continue;
      }
      do {
        const { name, type } = declarator(base);
        const width = accept(':') ? Number(next()) : 0;
        end = place({ name, type, width }, end);
      } while (accept(','));
      expectWord(';');
    }
    slot.size = Math.ceil(Math.ceil(end / 8) / slot.align) * slot.align;
    const kflag = members.some(({ width }) => width > 0);
    types[slot.id - 1] = {
      name: tag,
      kind: kind === 'union' ? Kind.UNION : Kind.STRUCT,
      vlen: members.length,
      kflag,
      last: slot.size,
      rest: members.flatMap(({ name, type, bits, width }) => [name, type, kflag ? (width << 24) | bits : bits]),
    };

    function place({ name, type, width }: { name: string; type: Laid; width: number }, from: number): number {
      slot.align = Math.max(slot.align, type.align);
      const unit = type.size * 8;
      const aligned = Math.ceil(from / (type.align * 8)) * type.align * 8;
      // A bit field goes on where the last one ended, unless it would cross a unit of its type.
      const fits = width > 0 && Math.floor(from / unit) === Math.floor((from + width - 1) / unit);
      const bits = kind === 'union' ? 0 : fits ? from : aligned;
      members.push({ name, type: type.id, bits, width });
      return kind === 'union' ? Math.max(from, unit) : bits + (width > 0 ? width : unit);
    }
  }

  function enumeration(): Laid {
    const tag = /^\w/.test(peek()) ? next() : '';
    const slot = tag === '' ? add(undefined, 4, 4) : once(`enum ${tag}`, () => add(undefined, 4, 4));
    if (accept('{')) {
      const values: [string, number][] = [];
      for (let value = 0; !accept('}'); value++) {
        if (peek() === '') fail('an enum that is not closed');
        const name = next();
        if (accept('=')) value = accept('-') ? -Number(next()) : Number(next());
        values.push([name, value]);
        accept(',');
      }
      types[slot.id - 1] = {
        name: tag,
        kind: Kind.ENUM,
        vlen: values.length,
        kflag: values.some(([, value]) => value < 0),
        last: 4,
        rest: values.flat(),
      };
    }
    return slot;
  }

  /** `*next`, `_watermark[3]`, `(*fn)(void)`. */
  function declarator(base: Laid): { name: string; type: Laid } {
    let type = base;
    while (accept('*') || accept('const')) if (words[at - 1] === '*') type = pointerTo(type.id);
    if (accept('(')) {
      expectWord('*');
      const name = next();
      expectWord(')');
      expectWord('(');
      for (let depth = 1; depth > 0;) {
        const word = next();
        if (word === '') fail('a function that is not closed');
        depth += word === '(' ? 1 : word === ')' ? -1 : 0;
      }
      return { name, type: pointerTo(0) };
    }
    const name = next();
    const lengths: number[] = [];
    while (accept('[')) {
      lengths.push(peek() === ']' ? 0 : Number(next()));
      expectWord(']');
    }
    for (const length of lengths.toReversed()) type = arrayOf(type, length);
    return { name, type };
  }

  /** `acme_depth(struct acme_queue *q)` */
  function functionDeclared(returned: Laid): void {
    const { name, type: returns } = declarator(returned);
    expectWord('(');
    const parameters: [string, number][] = [];
    while (!accept(')')) {
      if (peek() === '') fail('a function that is not closed');
      const base = baseType();
      if (base.id === 0 && peek() === ')') continue;
      const parameter = declarator(base);
      parameters.push([parameter.name, parameter.type.id]);
      accept(',');
    }
    const proto = add(
      { kind: Kind.FUNC_PROTO, vlen: parameters.length, last: returns.id, rest: parameters.flat() },
      0,
      1,
    );
    add({ name, kind: Kind.FUNC, last: proto.id }, 0, 1);
  }

  while (at < words.length) {
    const isTypedef = accept('typedef');
    const base = baseType();
    if (isTypedef) {
      const { name, type } = declarator(base);
      const made = add({ name, kind: Kind.TYPEDEF, last: type.id }, type.size, type.align);
      named.set(name, made.id);
    } else if (peek() !== ';') functionDeclared(base);
    expectWord(';');
  }
  // A tag that was only ever pointed to stays a forward; an enum without values is an empty one.
  return types.map((type) => type ?? { kind: Kind.ENUM, last: 4 });
}
