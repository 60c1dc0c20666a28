/** A place in memory, with the type that stands there: what can be inspected next. */
export interface Place {
  /** 'struct page', 'cpumask_t'; 'list of slab.slab_list' for a list whose elements are known. */
  type: string;
  address: bigint;
}
