/** Below this share of memory a consumer explains nothing by itself. */
export const notable = 0.15;
