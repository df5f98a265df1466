import { defineCommand, EXIT_DONE, EXIT_FAILED } from '../command-line/command.ts';
import { choice, integer } from '../command-line/option-values.ts';
import { flag, withDefault } from '../command-line/options.ts';
import { billOf } from '../cost/bill.ts';
import { readLoadProfile, readPriceList } from '../cost/inputs.ts';
import { synthesise } from '../cost/template.ts';

export const command = defineCommand({
  description:
    'Synthesises the stage and adds up what a month of it costs at a steady rate of trades, line by line with its\n' +
    'arithmetic. What is taken to happen stands in bin/cost/load-profile.json, what it costs in bin/cost/prices.\n' +
    'ClickHouse is not in it. Ends with 1 when the template has something of which nothing is known.',
  options: {
    stage: withDefault(choice(['dev', 'prod']), 'prod', 'which stage'),
    trades: withDefault(integer(0, 1_000_000), '10000', 'trades a second, of all venues together'),
    instruments: withDefault(integer(1, 200), '20', 'instruments of each venue'),
    venues: withDefault(integer(1, 20), '3', 'venues, each with lanes of its own'),
    json: flag('the same as --format json, which is the default'),
  },
  examples: [
    {
      line: 'npx millrace cost --stage prod --trades 10000 --format table',
      what: 'the month at 10,000 trades a second',
    },
  ],
  run: async ({ stage, trades, instruments, venues }, io) => {
    const load = { tradesPerSecond: trades, instruments, venues };
    const bill = billOf(await synthesise(stage), load, readLoadProfile(), readPriceList());
    io.print(bill);
    for (const type of bill.unknown)
      io.tell(`the template has ${type}, of which nothing is known: the total is without it`);
    return bill.unknown.length === 0 ? EXIT_DONE : EXIT_FAILED;
  },
});
