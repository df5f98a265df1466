/** A mutant is dead at the first counterexample: it is not made smaller, and the next run looks for the same ones. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true, seed: 20 });
