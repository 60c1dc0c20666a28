import { list, type Kernel } from 'oompm';
import { listNodes, resolveType, symbolInWords, type CType } from 'oompm/inspect';
import { slabObject } from 'oompm/linux';

/**
 * What to give as --link for a list of which nothing says what it links, by where its first link lies.
 * @returns undefined for an empty list
 */
export function linkHint(kernel: Kernel, head: bigint): string | undefined {
  const first = kernel.peek('first link of the list', () => firstOf(listNodes(kernel, head, 'list')));
  if (first === undefined) return undefined;
  const { place, links } = whereabouts(kernel, first);
  const known = place === undefined ? '' : `; the first lies ${place}`;
  return links.length === 0
    ? `Nothing says what these links are part of: give the member that links them, as in --link task_struct.sibling${known}.`
    : `Nothing says what these links are part of; the first lies ${place}, so that it may be ${list(links, 'or')}.`;
}

function firstOf(links: Iterable<bigint>): bigint | undefined {
  for (const link of links) return link;
  return undefined;
}

function whereabouts(kernel: Kernel, link: bigint): { place: string | undefined; links: string[] } {
  const object = slabObject(kernel, link);
  if (object === undefined) {
    const symbol = symbolInWords(kernel, link);
    return { place: symbol && `in ${symbol}`, links: [] };
  }
  const { cache, offset } = object;
  const links = structsOf(cache).flatMap((struct) => {
    const type = kernel.types.struct(struct);
    return type === undefined ? [] : linksAt(type, offset).map((member) => `--link ${struct}.${member}`);
  });
  return { place: `${offset} bytes into an object of the slab cache ${cache}`, links };
}

/** Structs that a cache is mostly named after: "task_struct", "dentry", "inode_cache", "signal_cache". */
function structsOf(cache: string): string[] {
  const name = cache.replace(/_cachep?$/, '');
  return [...new Set([cache, name, `${name}_struct`])];
}

/** Members of type struct list_head at this offset. */
function linksAt(type: CType, offset: number): string[] {
  const whole = resolveType(type);
  if (whole?.kind !== 'struct' && whole?.kind !== 'union') return [];
  return whole.members.flatMap(({ name, type: typeOf, bitOffset }) => {
    const inside = offset - bitOffset / 8;
    const inner = inside < 0 ? undefined : resolveType(typeOf());
    if (inner?.kind !== 'struct' && inner?.kind !== 'union') return [];
    if (inner.name === 'list_head') return inside === 0 ? [name] : [];
    return inside < inner.size ? linksAt(inner, inside).map((path) => (name === '' ? path : `${name}.${path}`)) : [];
  });
}
