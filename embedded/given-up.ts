import { topology, type QueueName } from '../shared/topology.ts';
import type { Storage } from './storage.ts';

/** Records, events and messages that functions gave up and nobody has sent again, each as often as it was given up. */
export async function countGivenUp({
  queues,
  bus,
  streamLog,
}: Pick<Storage, 'queues' | 'bus' | 'streamLog'>): Promise<number> {
  let messages = 0;
  for (const queue of Object.keys(topology.queues) as QueueName[]) messages += await queues.count(queue);
  return messages + bus.deadCount() + streamLog.deadCount();
}
