import { ConditionFailed } from '../ports/state-store.ts';

const MAX_ATTEMPTS = 5;

/** Runs a read-decide-write again when somebody else wrote in between; after five times the delivery fails and is retried as a whole. */
export async function retryOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConditionFailed) || i === MAX_ATTEMPTS) throw error;
    }
  }
}
