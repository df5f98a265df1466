import type { Law } from '../fabric/watch.ts';
import { killSwitchStops } from './kill-switch.ts';
import { booksBalance, filledAsBooked, fillsAreBooked } from './ledger.ts';
import { accountsKeepTheirLimits, withinMeans } from './limits.ts';
import { nothingIsLost } from './nothing-lost.ts';
import { ordersOnlyGoOn, sentAsWrittenDown } from './orders.ts';
import { progressOnlyGrows } from './progress.ts';
import { targetsAreReached, targetsAreRemembered } from './targets.ts';
import { endsAreTold, signalsAreTold, toldOnceWritten } from './told.ts';
import { onceAtTheVenue, partsAddUp } from './venue.ts';

/** Everything that must hold, whatever happens: one list of a run's own. */
export function allLaws(): readonly Law[] {
  return [
    onceAtTheVenue(),
    partsAddUp(),
    ordersOnlyGoOn(),
    sentAsWrittenDown(),
    booksBalance(),
    filledAsBooked(),
    fillsAreBooked(),
    withinMeans(),
    killSwitchStops(),
    toldOnceWritten(),
    progressOnlyGrows(),
    endsAreTold(),
    signalsAreTold(),
    targetsAreRemembered(),
    nothingIsLost(),
    targetsAreReached(),
    accountsKeepTheirLimits(),
  ];
}
