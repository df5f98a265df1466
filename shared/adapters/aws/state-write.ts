/** Writes of the port as DynamoDB's expressions: the same shape serves a single call and a part of a transaction. */
import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Condition, DeleteWrite, PutWrite, Write } from '../../ports/state-store.ts';
import { ATTRIBUTES, keyAttributes, valueAttributes, type Attributes } from './state-item.ts';

interface ConditionPart {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

interface Target {
  readonly TableName: string;
  readonly Key: Attributes;
}

export interface UpdateExpression extends Target {
  readonly UpdateExpression: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** An update rather than a put, because the store itself counts the version up. */
export function updateExpression(tableName: string, put: PutWrite): UpdateExpression {
  const { set, remove } = valueAttributes(put);
  const condition = conditionPart(put.condition);
  const named = [ATTRIBUTES.version, ...Object.keys(set), ...remove];
  const assignments = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removal = remove.length === 0 ? '' : ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}`;
  return {
    TableName: tableName,
    Key: keyAttributes(put),
    UpdateExpression: `SET #version = if_not_exists(#version, :zero) + :one, ${assignments.join(', ')}${removal}`,
    ...(condition.ConditionExpression === undefined
      ? {}
      : { ConditionExpression: condition.ConditionExpression }),
    ExpressionAttributeNames: {
      ...Object.fromEntries(named.map((name) => [`#${name}`, name])),
      ...condition.ExpressionAttributeNames,
    },
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...condition.ExpressionAttributeValues,
    },
  };
}

export function deleteExpression(tableName: string, write: DeleteWrite): Target & ConditionPart {
  return { TableName: tableName, Key: keyAttributes(write), ...conditionPart(write.condition) };
}

export function transactItem(tableName: string, write: Write): TransactWriteItem {
  switch (write.kind) {
    case 'put':
      return { Update: updateExpression(tableName, write) };
    case 'delete':
      return { Delete: deleteExpression(tableName, write) };
    case 'check': {
      const { ConditionExpression, ...part } = conditionPart(write.condition);
      return {
        ConditionCheck: {
          TableName: tableName,
          Key: keyAttributes(write),
          ConditionExpression: ConditionExpression!,
          ...part,
        },
      };
    }
  }
}

function conditionPart(condition: Condition): ConditionPart {
  switch (condition.kind) {
    case 'none':
      return {};
    case 'absent':
      return {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': ATTRIBUTES.partitionKey },
      };
    case 'version':
      return {
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { '#version': ATTRIBUTES.version },
        ExpressionAttributeValues: { ':expected': { N: String(condition.version) } },
      };
  }
}
