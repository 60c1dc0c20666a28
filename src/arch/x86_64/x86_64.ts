import type { Architecture } from '../architecture.js';
import { bootImage } from './boot-image.js';
import { code } from './code/read-code.js';
import { hardwareError } from './machine-check-status.js';
import { memory } from './memory/open-memory.js';
import { registerNotes } from './register-notes.js';

export const x86_64: Architecture = {
  name: 'x86_64',
  pageSizes: [4096],
  notes: registerNotes,
  memory,
  code,
  hardwareError,
  bootImage,
};
