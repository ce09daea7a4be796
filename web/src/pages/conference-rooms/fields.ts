// How the fields of a conference room are arranged.
export const NAME = ['name', 'max_members'];
export const ENTERING = ['pin', 'moderator_pin', 'wait_for_moderator', 'music', 'mute_on_entry'];
export const TALKING = ['entry', 'end_with_moderator', 'mailbox'];
export const ALL = [...NAME, ...ENTERING, ...TALKING];
export const OF_SEVERAL = ['max_members', 'wait_for_moderator', 'music', 'mute_on_entry', ...TALKING];
