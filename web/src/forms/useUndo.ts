// The way back from what was done just now.
import { useTranslation } from 'react-i18next';
import { useRevert } from '../api/collections';
import type { Collection } from '../api/types';
import { notifyDone, notifyError } from '../shell/notify';
import { notifyUndoable } from '../shell/notifyUndoable';

/** Says what was done and offers to undo these changes. */
export function useUndo(collection: Collection): (said: string, changes: number[]) => void {
  const { t } = useTranslation();
  const { mutateAsync: revert } = useRevert(collection);
  const undo = async (changes: number[]) => {
    try {
      await revert(changes);
      notifyDone(t('forms.undone'));
    } catch (error) {
      notifyError(error);
    }
  };
  return (said, changes) => notifyUndoable(said, () => undo(changes));
}
