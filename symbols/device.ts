/** struct device, include/linux/device.h. */
export const device = {
  struct: 'device',
  optional: true,
  definedBy: 'device_add',
  members: { kobj: 'struct kobject', devt: 'u32' },
} as const;

/** struct kobject, include/linux/kobject.h. */
export const kobject = {
  struct: 'kobject',
  optional: true,
  definedBy: 'kobject_add',
  members: { name: 'char *' },
} as const;

/** struct class, include/linux/device/class.h (before 5.7 device.h). */
export const deviceClass = {
  struct: 'class',
  optional: true,
  definedBy: 'device_add',
  members: { p: { type: 'struct subsys_private *', optional: true } }, // until 6.4
} as const;

/** struct subsys_private, drivers/base/base.h. */
export const subsysPrivate = {
  struct: 'subsys_private',
  optional: true,
  definedBy: 'device_add',
  members: { klist_devices: 'struct klist' },
} as const;

/** struct klist, include/linux/klist.h. */
export const klist = {
  struct: 'klist',
  optional: true,
  definedBy: 'klist_add_tail',
  members: { k_list: 'struct list_head' },
} as const;

/** struct device_private, drivers/base/base.h: what links a device into its class. */
export const devicePrivate = {
  struct: 'device_private',
  optional: true,
  definedBy: 'device_add',
  members: { knode_class: 'struct klist_node', device: 'struct device *' },
} as const;

/** struct klist_node, include/linux/klist.h. */
export const klistNode = {
  struct: 'klist_node',
  optional: true,
  definedBy: 'klist_add_tail',
  members: { n_node: 'struct list_head' },
} as const;
