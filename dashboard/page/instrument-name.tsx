import { partsOf } from '../api/views.ts';

/** A pair and where it is traded: several venues list the same one. */
export function InstrumentName({ instrumentId }: { readonly instrumentId: string }) {
  const { exchange, pair } = partsOf(instrumentId);
  return (
    <>
      {pair} <small>{exchange}</small>
    </>
  );
}
