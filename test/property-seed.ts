import * as fc from 'fast-check';

/**
 * Every run of the tests tries the same cases, so that a commit that was green stays so; FUZZ_SEED=$RANDOM tries
 * others.
 */
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? 9) });
