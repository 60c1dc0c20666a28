/**
 * Objects of any type and what they hang on: containers walked as the kernel walks them, members with their values,
 * layouts of types, and what a user names, looked up.
 */
export { setBits } from '../kernel/containers/bitmap.js';
export { hlistNodes, hlistNullsNodes, listNodes, llistNodes } from '../kernel/containers/list.js';
export { rbtreeNodes } from '../kernel/containers/rbtree.js';
export { xarrayEntries, xarrayLoad } from '../kernel/containers/xarray.js';
export { idrEntries } from '../kernel/containers/idr.js';
export { mapleEntries, type MapleEntry } from '../kernel/containers/maple-tree.js';
export { listEntries, type ListEntry } from './list-entries.js';
export { listHead, type ListHead } from './list-head.js';
export { inspectObject, type InspectedMember } from './inspect-object.js';
export type { Place } from './place.js';
export { readScalar, tagged } from './read-scalar.js';
export { typeLayout, type LaidOutMember } from './type-layout.js';
export { typeNamed } from './type-named.js';
export { addressForms, addressNamed } from './address-named.js';
export { isPerCpuSymbol, placeInWords, symbolAt, symbolInWords } from './symbol-at.js';
export { ramDescribed } from './ram-described.js';
export type { SymbolInfo } from '../debuginfo/symbol-table.js';
export type { CType, EnumType, Member, StructType, TypeSource } from '../debuginfo/type-source.js';
export { declaration, findMember, resolveType, sizeOf, typeName, type FoundMember } from '../debuginfo/type-walk.js';
