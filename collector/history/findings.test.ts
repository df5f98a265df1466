import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FindingsSurvey } from './findings.ts';

const MS = Date.UTC(2024, 7, 9);

describe('what is found in ids', () => {
  it('is what is missing between them and what came again, in whichever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1 }), (ids) => {
        const survey = new FindingsSurvey();
        const firsts = ids.map((id) => survey.take(id, MS, 'ms'));
        expect(firsts).toEqual(ids.map((id, n) => !ids.slice(0, n).includes(id)));
        const distinct = new Set(ids);
        const { doubled, missing } = survey.findings();
        expect(doubled).toBe(ids.length - distinct.size);
        const between = [...Array(61).keys()].filter(
          (id) => id > Math.min(...ids) && id < Math.max(...ids) && !distinct.has(id),
        );
        const told = missing.stretches.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, n) => from + n),
        );
        expect(told).toEqual(between);
        expect(missing.count).toBe(between.length);
      }),
    );
  });
});

describe('a day', () => {
  const hour = 3_600_000;
  it('is cut short where the days around it go on and it does not', () => {
    const survey = new FindingsSurvey();
    for (const at of [12, 23.5, 24.1, 30, 48.2, 71.9]) survey.take(at * 10, MS + at * hour, 'ms');
    expect(survey.findings().truncatedDays).toEqual([
      { day: '2024-08-10', fromMs: MS + 24.1 * hour, toMs: MS + 30 * hour },
    ]);
    expect(survey.cutAgainst({ fromMs: MS, toMs: MS + 72 * hour }).map(({ day }) => day)).toEqual([
      '2024-08-09',
    ]);
    expect(survey.cutAgainst({ fromMs: MS + 11.5 * hour, toMs: MS + 72 * hour })).toEqual([]);
  });
});
