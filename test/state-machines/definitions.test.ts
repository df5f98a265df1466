import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';
import { topology } from '../../shared/topology.ts';

const folder = fileURLToPath(new URL('../../state-machines/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.asl.json'));

describe('the state machines', () => {
  it('are the ones that topology.ts names', () => {
    expect(files.map((name) => name.replace('.asl.json', ''))).toEqual(Object.keys(topology.stateMachines));
  });

  it.each(files)('%s is valid ASL with every task bound to a function', (file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    const name = file.replace('.asl.json', '') as keyof typeof topology.stateMachines;
    const placeholders = [...text.matchAll(/"\$\{(\w+)\}"/g)].map((match) => match[1]);
    expect(placeholders.sort()).toEqual(Object.keys(topology.stateMachines[name].tasks).sort());
    const bound = text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1');
    const { isValid, errorsText } = validate(JSON.parse(bound));
    expect([isValid, errorsText()]).toEqual([true, '']);
  });

  it('say which functions they may call by name alone: tasks are direct function ARNs', () => {
    for (const file of files)
      expect(readFileSync(`${folder}${file}`, 'utf8')).not.toContain('states:::lambda:invoke');
  });
});
