// Removes entities after asking, and says how it went.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRevert, useUndoableRemove } from '../api/collections';
import type { Collection } from '../api/types';
import { notifyDone, notifyError } from '../shell/notify';
import { notifyUndoable } from '../shell/notifyUndoable';
import { useConfirm } from './confirm';

export function useConfirmedRemove(collection: Collection): [(items: { id: number; name: string }[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [ask, dialogue] = useConfirm();
  const removal = useUndoableRemove(collection);
  const { mutateAsync: revert } = useRevert(collection);

  const undo = async (changes: number[]) => {
    try {
      await revert(changes);
      notifyDone(t('forms.undone'));
    } catch (error) {
      notifyError(error);
    }
  };
  const remove = async (items: { id: number; name: string }[]) => {
    const names = items.slice(0, 5).map(({ name }) => name).join('; ');
    const text = t('forms.removeQuestion', { count: items.length, names: items.length > 5 ? `${names} …` : names });
    const sure = await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') });
    if (!sure) return false;
    const { changes, error } = await removal.mutateAsync(items.map(({ id }) => id));
    const undoable = changes.filter((id) => id > 0);
    const said = t('forms.removed', { count: changes.length });
    if (undoable.length) notifyUndoable(said, () => undo(undoable));
    else if (changes.length) notifyDone(said);
    if (error) notifyError(error);
    return !error;
  };
  return [remove, dialogue];
}
