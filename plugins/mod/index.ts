import { columns, definePlugin, doorTo, readOrGap, table, type Kernel } from 'oompm';
import { moduleMemory, modules, moduleState, taintsOf, type Module } from 'oompm/linux';

const moduleColumns = columns([
  { key: 'name', title: 'NAME', type: 'text' },
  { key: 'state', title: 'STATE', type: 'text' },
  { key: 'address', title: 'ADDRESS', type: 'address' },
  { key: 'size', title: 'SIZE', type: 'bytes' },
  { key: 'users', title: 'USERS', type: 'integer', dispensable: 1 },
  { key: 'taints', title: 'TAINTS', type: 'flags' },
  { key: 'version', title: 'VERSION', type: 'text', dispensable: 2 },
  { key: 'args', title: 'PARAMETERS', type: 'text', dispensable: 3 },
]);

export default definePlugin({
  id: 'mod',
  summary: 'Loaded modules: address, size and taints',
  needs: ['module'],
  examples: ['vmcore'],
  *run(kernel) {
    function* rows() {
      for (const module of modules(kernel)) yield moduleRow(kernel, module);
    }
    yield table('Modules', moduleColumns, rows());
  },
});

function moduleRow(kernel: Kernel, module: Module) {
  return {
    cells: {
      name: readOrGap('module.name', () => module.name),
      state: readOrGap('module.state', () => moduleState(kernel, module)),
      // As lsmod and the kernel's own "Modules linked in" go by: where the code begins.
      address: readOrGap('module.mem', () => moduleMemory(kernel, module)[0]?.base ?? null),
      size: readOrGap('module.mem', () => moduleMemory(kernel, module).reduce((sum, { bytes }) => sum + bytes, 0)),
      // The module itself holds one reference as long as it is there.
      users: readOrGap('module.refcnt', () => (module.refcnt === undefined ? null : Math.max(0, module.refcnt - 1))),
      taints: readOrGap('module.taints', () =>
        taintsOf(kernel, module.taints).map(({ letter, name }) => (name === undefined ? letter : `${letter} ${name}`)),
      ),
      version: readOrGap('module.version', () => module.version ?? null),
      args: readOrGap('module.args', () => module.args || null),
    },
    door: doorTo(module),
  };
}
