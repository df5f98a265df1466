/** The functions of one stack with all that feeds them, read off the topology: nothing here names a function. */
import { topology, type FunctionName } from '../../shared/topology.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { BusRule } from '../constructs/bus-rule.ts';
import { EventQueue } from '../constructs/event-queue.ts';
import { FunctionSchedule } from '../constructs/function-schedule.ts';
import { MillraceFunction } from '../constructs/millrace-function.ts';
import type { Permission } from '../constructs/permission.ts';
import { QueueWorker } from '../constructs/queue-worker.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { functionsOf, type FunctionPart } from './function-placement.ts';
import type { MillraceStack } from './millrace-stack.ts';

/** What only the stack itself can give to its functions. */
export interface FunctionExtras {
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly permissions?: (name: FunctionName) => readonly Permission[];
}

export type StackFunctions = ReadonlyMap<FunctionName, MillraceFunction>;

export function addFunctions(
  stack: MillraceStack,
  part: FunctionPart,
  bundles: FunctionBundles,
  extras: FunctionExtras = {},
): StackFunctions {
  const functions = new Map(
    functionsOf(part).map((name) => {
      const made = new MillraceFunction(stack, name, {
        name,
        platform: stack.platform,
        codeFolder: bundles(name),
        environment: extras.environment ?? {},
        settings: extras.settings ?? {},
        permissions: extras.permissions?.(name) ?? [],
      });
      return [name, made] as const;
    }),
  );
  addSources(stack, functions);
  return functions;
}

/** Whatever feeds a function belongs to the function's stack. */
function addSources(stack: MillraceStack, functions: StackFunctions): void {
  for (const consumer of topology.streamConsumers) {
    const consuming = functions.get(consumer.function);
    if (consuming)
      new StreamConsumer(stack, `${consumer.stream}-to-${consumer.function}`, {
        consumer,
        function: consuming,
      });
  }
  for (const worker of topology.queueWorkers) {
    const working = functions.get(worker.function);
    if (working)
      new QueueWorker(stack, `${worker.queue}-to-${worker.function}`, { worker, function: working });
  }
  const queues = new Map<FunctionName, EventQueue>();
  for (const { function: name } of topology.eventQueues) {
    const called = functions.get(name);
    if (called) queues.set(name, new EventQueue(stack, `events-for-${name}`, { function: called }));
  }
  for (const { detailType, functions: targets } of topology.rules) {
    for (const target of targets) {
      const called = functions.get(target);
      const queue = queues.get(target)?.queue;
      const props = { detailType, ...(queue === undefined ? {} : { queue }) };
      if (called) new BusRule(stack, `${detailType}-to-${target}`, { ...props, function: called });
    }
  }
  for (const { function: scheduled, everyMinutes } of topology.schedules) {
    const called = functions.get(scheduled);
    if (called) new FunctionSchedule(stack, `schedule-of-${scheduled}`, { everyMinutes, function: called });
  }
}
