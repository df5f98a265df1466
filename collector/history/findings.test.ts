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

describe('ids that begin anew', () => {
  const found = (...rows: readonly (readonly [id: number, second: number])[]) => {
    const survey = new FindingsSurvey();
    for (const [id, second] of rows) survey.take(id, MS + 1000 * second, 'ms');
    const { doubled, resets, missing } = survey.findings();
    return [doubled, resets, missing.count];
  };

  it('are other trades: none of them came again, and nothing is missing up to the first', () => {
    expect(found([100, 1], [102, 2], [1, 3], [2, 4], [4, 5])).toEqual([0, 1, 2]);
    expect(found([1, 1], [2, 2], [1, 3], [2, 4])).toEqual([0, 1, 0]);
  });

  it('are none where time goes back as well, or one was missing', () => {
    expect(found([100, 101], [101, 102], [1, 1], [100, 101])).toEqual([1, 0, 98]);
    expect(found([1, 1], [3, 3], [2, 4], [3, 3])).toEqual([1, 0, 0]);
  });

  it('of which every second is missing are looked through in no time', () => {
    const survey = new FindingsSurvey();
    for (let n = 0; n < 300_000; n++) survey.take(2 * n, MS + n, 'ms');
    expect(survey.findings().missing.count).toBe(299_999);
  }, 5000);
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
