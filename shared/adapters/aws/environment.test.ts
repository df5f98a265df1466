import { describe, expect, it } from '@jest/globals';
import { topology, type FunctionName } from '../../topology.ts';
import {
  parseEnvironment,
  queueVariable,
  stateMachineVariable,
  tableVariable,
  variablesFor,
} from './environment.ts';

describe('the environment of a function', () => {
  it('has a variable for each thing that its capabilities name, and no other', () => {
    const capabilities = {
      state: { orders: 'write' },
      append: ['trades'],
      publish: ['OrderChangedV1'],
    } as const;
    expect(variablesFor(capabilities)).toEqual(['TABLE_ORDERS', 'STREAM_TRADES', 'EVENT_BUS_NAME']);
    expect(variablesFor({ candles: 'read' })).toEqual(['CLICKHOUSE_URL', 'CLICKHOUSE_USER']);
    expect(variablesFor({})).toEqual([]);
  });

  it('keeps every variable of every function apart from the others', () => {
    const names = (Object.keys(topology.functions) as FunctionName[]).map((name) => ({
      name,
      variables: variablesFor(topology.functions[name].capabilities),
    }));
    for (const { variables } of names) {
      expect(new Set(variables).size).toBe(variables.length);
      for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
    }
  });

  it('is refused in one line that names all that is missing', () => {
    expect(() =>
      parseEnvironment({ TABLE_ORDERS: 'orders', STREAM_TRADES: '' }, [
        'TABLE_ORDERS',
        'STREAM_TRADES',
        'EVENT_BUS_NAME',
      ]),
    ).toThrow('environment: expected a value for STREAM_TRADES, EVENT_BUS_NAME');
  });

  it('gives what was set, and says what was not', () => {
    const environment = parseEnvironment({ [tableVariable('market-data')]: 'physical' }, [
      tableVariable('market-data'),
    ]);
    expect(environment.text('TABLE_MARKET_DATA')).toBe('physical');
    expect(environment.optionalText(queueVariable('orders-urgent'))).toBeNull();
    expect(() => environment.text(stateMachineVariable('run-backtest-grid'))).toThrow(
      'environment: STATE_MACHINE_RUN_BACKTEST_GRID_ARN is not set: the function has no capability for it',
    );
  });

  it('knows an emulator by the endpoint', () => {
    expect(parseEnvironment({}, []).endpoint).toBeNull();
    expect(parseEnvironment({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, []).endpoint).toBe(
      'http://127.0.0.1:4566',
    );
  });
});
