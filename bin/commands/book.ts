import { noteOfCaptures } from '../../collector/tape/note-of-captures.ts';
import {
  FollowedBooks,
  MAX_BOOKS,
  type CapturedBook,
} from '../../shared/adapters/exchanges/followed-books.ts';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { BadCapture, readCapture, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { topLevels } from '../../shared/domain/market-data/book/order-book.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { rereadableFile } from '../command-line/option-values.ts';
import { required } from '../command-line/options.ts';

/** Of each side. */
const SHOWN_LEVELS = 10;

export const command = defineCommand({
  description:
    'Keeps the order books of a capture as they are kept live, and prints what they come to. A book whose state is\n' +
    'not "whole" misses something, or differs from what the venue says: it shows what it was before that.',
  options: {
    capture: required(rereadableFile, 'gzip NDJSON of received venue messages'),
  },
  examples: [
    {
      line: 'npx millrace book --capture kraken-ten-pairs.ndjson.gz',
      what: 'the ten best levels of each side, and how many of the venue’s checksums were reproduced',
    },
  ],
  run: async ({ capture }, io) => {
    try {
      io.print((await booksOf(capture, io)).map(bookView));
      return EXIT_DONE;
    } catch (error) {
      if (error instanceof BadCapture) throw new BadInput(error.message);
      throw error;
    }
  },
});

async function booksOf(path: string, io: CommandIo): Promise<readonly CapturedBook[]> {
  const verified = await verifyCapture(path);
  io.tell(noteOfCaptures([verified]));
  if (verified.tally.bookMessages === 0)
    io.tell(`note: ${path}: no message has levels of a book, so no books`);
  const decoders = new CaptureDecoders();
  const books = new FollowedBooks();
  for await (const messages of readCapture(path)) {
    io.signal.throwIfAborted();
    for (const message of messages) books.take(message, decoders.read(message));
  }
  if (books.refused > 0) throw new BadInput(`${path}: more than ${MAX_BOOKS} books`);
  return books.all();
}

function bookView({ instrumentId, connections, state, cause, counters, book }: CapturedBook) {
  const { updates, applied, gaps, resyncs, checksumsOk, checksumsBad, quotesOk, quotesBad } = counters;
  return {
    instrumentId,
    state,
    ...(cause === null ? {} : { cause }),
    connections,
    updates,
    applied,
    gaps,
    resyncs,
    checksumsOk,
    checksumsBad,
    quotesOk,
    quotesBad,
    bidLevels: book.bids.levels.length,
    askLevels: book.asks.levels.length,
    bids: topLevels(book.bids, SHOWN_LEVELS),
    asks: topLevels(book.asks, SHOWN_LEVELS),
  };
}
