const MAX_REASON = 500;

/** Of what CDK has put out, the line in which it says why it failed; where there is none, the last one. */
export function reasonOfFailure(output: string): string {
  const lines = output
    .replace(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  const telling =
    said.find((line) => /_FAILED\b.*:|❌.*failed: /.test(line)) ??
    said.findLast((line) => /error|fail/i.test(line));
  return (telling ?? said.at(-1) ?? 'no reason given').slice(0, MAX_REASON);
}
