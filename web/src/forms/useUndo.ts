// The way back from what was done just now.
import { useTranslation } from 'react-i18next';
import { useRevert } from '../api/collections';
import type { Collection } from '../api/types';
import type { Undo } from '../api/write';
import { notifyDone, notifyError } from '../shell/notify';
import { notifyUndoable } from '../shell/notifyUndoable';

/** Says what was done and offers to undo these changes. */
export function useUndo(collection: Collection): (said: string, undo: Undo) => void {
  const { t } = useTranslation();
  const { mutateAsync: revert } = useRevert(collection);
  const goBack = async (undo: Undo) => {
    try {
      await revert(undo);
      notifyDone(t('forms.undone'));
    } catch (error) {
      notifyError(error);
    }
  };
  return (said, undo) => notifyUndoable(said, () => goBack(undo));
}
