/** A thread that runs one seed after the other as it is told. */
import { parentPort } from 'node:worker_threads';
import { simulatedModules } from '../fabric/modules.ts';
import type { Scope } from '../scope.ts';
import { simulateSeed } from '../simulate.ts';

export interface Order {
  readonly seed: number;
  readonly scope: Scope;
}

const modules = await simulatedModules();
parentPort!.on('message', ({ seed, scope }: Order) => {
  void simulateSeed({ seed, scope, modules }).then((outcome) => parentPort!.postMessage(outcome));
});
