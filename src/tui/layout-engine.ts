import yoga from 'yoga-layout';

/**
 * When Ink's layout engine, which is WebAssembly, can be asked. As a package it is there when it is imported; bundled
 * as CommonJS, whose modules can't wait, it says when (scripts/build.js).
 */
export const layoutEngine: Promise<unknown> = (yoga as { ready?: Promise<unknown> }).ready ?? Promise.resolve();
