import type { Kernel } from '../kernel/kernel.js';
import type { OomReport } from '../oom/model.js';
import type { Timeline } from '../timeline/timeline.js';
import type { Shape, StructName } from '../kernel/shape.js';
import {
  defaultValues,
  requiredArguments,
  type Arguments,
  type Flags,
  type OptionValues,
  type ValuesOf,
} from './options.js';
import { BadDeclaration, mistakeIn } from './check-definition.js';
import type { View } from '../words/views.js';

/** Version of the door between oompm and its plugins: a plugin written for another one is refused, by name. */
export const pluginApi = 1;

const made = Symbol('made by definePlugin');

/** What a plugin says of itself: plain data, so that the command line can have it where the code is elsewhere. */
export interface Declaration {
  readonly api: number;
  /** The command's name: lower case letters, digits and dashes. */
  readonly id: string;
  /** One line, for `--help` and as the section's title. */
  readonly summary: string;
  readonly flags: Flags;
  readonly arguments: Arguments;
  /** Values that its section in `analyze` is run with; undefined where it has none. */
  readonly inReport: OptionValues | undefined;
  /** Arguments of example command lines, for `--help`: "vmcore --tree". */
  readonly examples: readonly string[];
}

/** What a log has, where there is no dump. */
export interface LogSubject {
  readonly reports: readonly OomReport[];
  readonly timeline: Timeline;
}

/** One plugin: a command, a section of `analyze`, a screen. */
export interface Plugin extends Declaration {
  readonly [made]: true;
  /**
   * Structs without which it can say nothing: where this kernel lacks one, the plugin is *unavailable*, with the
   * reason. Of a shape of its own that is so of each member that is not optional.
   */
  readonly needs: readonly (Shape | StructName)[];
  run(kernel: Kernel, values: OptionValues): Generator<View>;
  /** What it says of the reports and events in a log, where there is no dump: `oompm explain`. */
  explain?(reports: readonly OomReport[], values: OptionValues, timeline: Timeline): Generator<View>;
}

/** A user's plugin as all but its worker have it: its file, and what it says of itself. */
export interface UsersPlugin extends Declaration {
  readonly path: string;
  /** Whether it has something to say of the reports in a log. */
  readonly explains: boolean;
  /** The files of it and of what it imports; those of plugins loaded before it may be among them. */
  readonly modules: readonly string[];
}

/**
 * What `definePlugin` takes: the declaration, from which command, help, completion, section and screen are made, and
 * `run`.
 */
export interface PluginDefinition<F extends Flags, A extends Arguments> {
  id: string;
  summary: string;
  needs?: readonly (Shape | StructName)[];
  flags?: F;
  arguments?: A;
  /**
   * The section in `analyze`: values other than the defaults, or false for no section. Without it a plugin has a
   * section, unless it needs an argument.
   */
  inReport?: false | Partial<NoInfer<ValuesOf<F, A>>>;
  examples?: readonly string[];
  /** The `pluginApi` that it was written for; the present one where it does not say. */
  api?: number;
  /** Reads and yields views, synchronously; never prints, never formats a number. */
  run(kernel: Kernel, flags: ValuesOf<F, A>): Generator<View, void>;
  /** The same of the reports in a log, where there is no dump, and of all its events. */
  explain?(reports: readonly OomReport[], flags: ValuesOf<F, A>, timeline: Timeline): Generator<View, void>;
}

/**
 * Makes a plugin of its declaration.
 * @throws BadDeclaration with one sentence where the declaration is wrong
 */
export function definePlugin<const F extends Flags = {}, const A extends Arguments = {}>(
  definition: PluginDefinition<F, A>,
): Plugin {
  const mistake = mistakeIn(definition);
  if (mistake !== undefined) throw new BadDeclaration(mistake);
  const flags: Flags = definition.flags ?? {};
  const args: Arguments = definition.arguments ?? {};
  const needsArgument = requiredArguments(args).length > 0;
  const values: OptionValues = {
    ...defaultValues(flags, args),
    ...(definition.inReport === false ? {} : definition.inReport),
  };
  return {
    [made]: true,
    api: definition.api ?? pluginApi,
    id: definition.id,
    summary: definition.summary,
    needs: definition.needs ?? [],
    flags,
    arguments: args,
    inReport:
      definition.inReport === false || (needsArgument && definition.inReport === undefined) ? undefined : values,
    examples: definition.examples ?? [],
    // The command line has checked the values against the declaration that F and A were inferred from.
    run: (kernel, given) => definition.run(kernel, given as ValuesOf<F, A>),
    ...(definition.explain === undefined
      ? {}
      : {
          explain: (reports, given, timeline) => definition.explain!(reports, given as ValuesOf<F, A>, timeline),
        }),
  };
}

/** Whether a value came out of this copy of `definePlugin`. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && made in value;
}
