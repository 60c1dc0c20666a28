/** struct hstate, include/linux/hugetlb.h: the pool of one size of huge pages. */
export const hstate = {
  struct: 'hstate',
  definedBy: 'hugetlb_total_pages',
  members: {
    order: 'unsigned int',
    nr_huge_pages: 'unsigned long',
    free_huge_pages: 'unsigned long',
    resv_huge_pages: 'unsigned long',
    surplus_huge_pages: 'unsigned long',
    nr_huge_pages_node: 'unsigned int[]',
    free_huge_pages_node: 'unsigned int[]',
    surplus_huge_pages_node: 'unsigned int[]',
  },
} as const;
