// How the fields of a mailbox are arranged.
export const NAME = ['name', 'code', 'pin', 'pin_always'];
export const RECORDING = ['records', 'max_s', 'min_s', 'silence_s', 'max_messages', 'keep_days'];
export const GREETINGS = ['language', 'greeting', 'greeting_busy', 'greeting_away', 'away_from', 'away_until'];
export const ALL = [...NAME, ...RECORDING, ...GREETINGS];
export const OF_SEVERAL = ['pin_always', ...RECORDING, ...GREETINGS];
