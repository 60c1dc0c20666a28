/**
 * The door for plugins: what they are made with, and what they get. The readers are in 'oompm/linux' and the other
 * doors.
 */
export { definePlugin, pluginApi, type Plugin, type PluginDefinition } from './plugin/define-plugin.js';
export type { Argument, Arguments, Flag, Flags, OptionValues, ValuesOf } from './plugin/options.js';
export type { BundledPlugin } from './plugin/registry.js';
export {
  chart,
  columns,
  fact,
  facts,
  findings,
  gap,
  graph,
  isGap,
  log,
  stacks,
  table,
  tree,
  type CellOf,
  type RowOf,
  type TreeNodeOf,
  type ViewOptions,
} from './plugin/make-views.js';
export type {
  Cell,
  Certainty,
  ChartView,
  Column,
  Door,
  Fact,
  Facts,
  FactsView,
  FactUnit,
  FindingFact,
  FindingsView,
  Gap,
  GivenFinding as Finding,
  GraphView,
  LogLine,
  LogView,
  PartKind,
  Premise,
  Row,
  Sorting,
  Stack,
  StackFrame,
  StackView,
  Subject,
  SubjectKind,
  TableView,
  TreeNode,
  TreeView,
  ValueType,
  View,
} from './words/views.js';
export type { Kernel } from './kernel/kernel.js';
export type { MemberSpec, PerCpu, Ref, RefBase, Shape, StructName } from './kernel/shape.js';
export { objectColumns, objectTree, objectView } from './plugin/object-view.js';
export { Cancelled, Implausible, isGapError, isLoss, ShapeError } from './kernel/gaps.js';
export { doorTo } from './kernel/door-to.js';
export { readOrGap } from './kernel/read-or.js';
export {
  addressOfPage,
  pageNumberOf,
  ReadError,
  Unmapped,
  type AddressSpace,
  type Unreadable,
} from './memory/address-space.js';
export { MissingPage, Page, type MissingKind, type PhysicalMemory } from './memory/physical-memory.js';
export { InputError } from './bytes/input-error.js';
export { defined, type Defined } from './words/defined.js';
export { numberRanges } from './words/number-ranges.js';
export { counted, numbered, list, size, sizeOfKB } from './words/quantity.js';
