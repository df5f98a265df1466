import { describe, expect, it } from '@jest/globals';
import type { DeployedStacks } from './stack-state.ts';
import { assignParameters } from './stack-parameters.ts';

const stack = {
  name: 'millrace-dev-stateful',
  part: 'stateful',
  template: {
    Parameters: {
      ClickHouseUrl: { Type: 'String', AllowedPattern: '^https://.+', Description: 'Address of the server' },
      ClickHouseUser: { Type: 'String', Default: 'default' },
      Bus: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/millrace/dev/event-bus' },
    },
  },
};
const nowhere: DeployedStacks = new Map();
const url = { stack: null, name: 'ClickHouseUrl', value: 'https://clickhouse.example:8443' };

describe('parameters', () => {
  it('find the stack that asks for them', () => {
    const assigned = assignParameters([url], [stack], nowhere);
    expect(assigned).toEqual(new Map([[stack.name, new Map([['ClickHouseUrl', url.value]])]]));
  });

  it('that were given at the last deployment need not be given again', () => {
    const parameters = new Map([['ClickHouseUrl', url.value]]);
    const deployed = new Map([
      [stack.name, { status: 'CREATE_COMPLETE', isProtected: true, parameters, template: {} }],
    ]);
    expect(assignParameters([], [stack], deployed)).toEqual(new Map());
  });

  it.each([
    ['that a stack asks for and nobody gives', [], 'asks for ClickHouseUrl (Address of the server)'],
    ['that do not fit', [{ ...url, value: 'http://c' }], 'ClickHouseUrl=…: expected ^https://.+'],
    [
      'that no stack asks for',
      [url, { ...url, name: 'ClickHouse' }],
      'ClickHouse=…: expected one of millrace-dev',
    ],
    [
      'of another stack',
      [{ ...url, stack: 'millrace-dev-api' }],
      'millrace-dev-api:ClickHouseUrl=…: expected',
    ],
    ['that stacks look up by themselves', [url, { ...url, name: 'Bus' }], 'Bus=…: expected one of'],
  ])('%s are refused before anything is deployed', (_what, given, line) => {
    expect(() => assignParameters(given, [stack], nowhere)).toThrow(line);
  });
});
