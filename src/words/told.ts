/** What a conclusion says of one thing: the value as it was read, its unit, and where it stands. */
export interface FindingFact {
  readonly value: number | bigint | string;
  readonly unit?: FactUnit;
  /** The kernel's own name for the place: "memcg memory: usage, in the log", or what it was computed of. */
  readonly source: string;
}

/**
 * What a value is counted in; every number has one, names have none. kB is the kernel's: 1024 bytes. `number` is a
 * count, a score, a node: what has no unit. `pid` and `cpu` number a thing. An `address` is text: 0x….
 */
export const factUnits = ['bytes', 'kB', 'pages', 'ns', 'percent', 'number', 'pid', 'cpu', 'address'] as const;

/** One of them. */
export type FactUnit = (typeof factUnits)[number];

/** Facts by name: 'memory.usage', 'DMA32.free'. */
export type Facts = Readonly<Record<string, FindingFact>>;

/** A fact under its name, and how a sentence tells it. */
export interface KnownFact {
  readonly name: string;
  readonly fact: FindingFact;
  readonly text: string;
}

/** Text with the facts that it tells. */
export interface Told {
  readonly text: string;
  readonly facts: Facts;
}

/**
 * A sentence made of facts: told`${usage} used of ${limit}`, so that what it tells has its source; parts
 * may be told themselves.
 */
export function told(words: TemplateStringsArray, ...parts: readonly (string | KnownFact | Told)[]): Told {
  return toldOf(words.flatMap((word, i) => (i < parts.length ? [word, parts[i]!] : [word])));
}

/** Parts one behind the other. */
export function toldOf(parts: readonly (string | KnownFact | Told)[]): Told {
  const facts: Record<string, FindingFact> = {};
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      text += part.text;
      addFacts(facts, 'fact' in part ? { [part.name]: part.fact } : part.facts);
    }
  }
  return { text, facts };
}

/** Parts with the same between them: "a; b; c". */
export function toldJoined(parts: readonly (string | KnownFact | Told)[], between = '; '): Told {
  return toldOf(parts.flatMap((part, i) => (i === 0 ? [part] : [between, part])));
}

/** "a", "a and b", "a, b and c". */
export function toldList(parts: readonly (string | KnownFact | Told)[]): Told {
  return toldOf(parts.flatMap((part, i) => (i === 0 ? [part] : [i === parts.length - 1 ? ' and ' : ', ', part])));
}

/** The facts of several texts; a second value of one name is numbered. */
export function factsOf(parts: readonly (string | Told)[]): Facts {
  const facts: Record<string, FindingFact> = {};
  for (const part of parts) if (typeof part !== 'string') addFacts(facts, part.facts);
  return facts;
}

function addFacts(facts: Record<string, FindingFact>, more: Facts): void {
  for (const [name, fact] of Object.entries(more)) {
    let free = name;
    for (let n = 2; (facts[free] ?? fact).value !== fact.value; n++) free = `${name} ${n}`;
    facts[free] ??= fact;
  }
}
