import { describe, expect, it } from '@jest/globals';
import { simulatedModules } from '../../simulation/fabric/modules.ts';
import type { Plant } from '../../simulation/fabric/platform.ts';
import { simulateSeed, type Outcome } from '../../simulation/simulate.ts';
import {
  blindToKillSwitch,
  eventSwallowed,
  failureTakenForDone,
  forgottenOrder,
  forgottenTarget,
  messageSwallowed,
  outboxBeforeCommit,
  partToldAsLast,
  reportHeardAgain,
  targetNotTriedAgain,
  targetOfStoppedOrderForgotten,
  targetNotResumed,
  withoutCondition,
} from './plants.ts';

const MOST_SEEDS = 200;
const modules = await simulatedModules();

async function firstFound(plant: Plant): Promise<Outcome | null> {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const outcome = await simulateSeed({ seed, modules, plant });
    if (outcome.violation !== null) return outcome;
  }
  return null;
}

/** Some conditions stand twice: a fill that is booked is known by its own key, by its book and by the order that it changes. */
const PLANTS: readonly (readonly [string, Plant, string])[] = [
  [
    'a report heard without a condition',
    withoutCondition('run-desk', 'FILL', 'BOOK', 'ORDER'),
    'an order only goes on',
  ],
  ['a report that is heard again', reportHeardAgain, 'an order has filled by what is booked'],
  ['a part that is told as the last', partToldAsLast, 'an order is at its venue once'],
  [
    'a submission that writes over what came of it',
    withoutCondition('submit-order', 'ORDER'),
    'an order only goes on',
  ],
  ['a venue that is written over', withoutCondition('match-orders', 'match-orders'), 'progress only grows'],
  [
    'progress that is written over',
    withoutCondition('evaluate-strategies', 'PROGRESS'),
    'progress only grows',
  ],
  ['a decision that is written over', withoutCondition('run-desk', 'DECIDED'), 'progress only grows'],
  [
    'a fill that its desk was not told of',
    messageSwallowed('match-orders'),
    'what the venue filled is booked',
  ],
  ['a signal that its desk was not told of', messageSwallowed('evaluate-strategies'), 'a signal is told'],
  ['an end that nobody was told of', eventSwallowed, 'how an order ended is told'],
  [
    'a booking that failed and counts as done',
    failureTakenForDone('run-desk'),
    'what is told is written down',
  ],
  ['an order sent on before it is written', outboxBeforeCommit('run-desk'), 'what is told is written down'],
  [
    'a signal told before it is written',
    outboxBeforeCommit('evaluate-strategies'),
    'what is told is written down',
  ],
  ['an order that is forgotten', forgottenOrder, 'nothing is lost'],
  ['a target that is forgotten', forgottenTarget, 'a target is remembered'],
  ['a target that is not taken up again', targetNotResumed, 'a target is remembered'],
  [
    'a target whose stopped order is forgotten',
    targetOfStoppedOrderForgotten,
    'a target is reached, or its reason is told',
  ],
  ['a target that nobody tries again', targetNotTriedAgain, 'a target is reached, or its reason is told'],
  ['a kill switch that is not looked at', blindToKillSwitch, 'an engaged kill switch stops submissions'],
];

describe('a fault that is planted in a function', () => {
  it.each(PLANTS)(`is found within ${MOST_SEEDS} seeds: %s`, async (_, plant, law) => {
    const found = await firstFound(plant);
    expect(found?.violation?.law).toBe(law);
  });
});
