import * as all from '../../symbols/shapes.js';
import type { Shape } from './shape.js';

export const allShapes: readonly Shape[] = Object.values(all);

const byStruct: ReadonlyMap<string, Shape> = new Map(allShapes.map((shape) => [shape.struct, shape]));

/** The shape that `symbols/` has for a struct. */
export function knownShape(struct: string): Shape | undefined {
  return byStruct.get(struct);
}
