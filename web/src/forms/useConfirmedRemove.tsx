// Removes entities after asking, and says how it went.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRemoveFound, useUndoableRemove } from '../api/collections';
import type { Collection, Found } from '../api/types';
import { number } from '../i18n/format';
import { notifyDone, notifyError } from '../shell/notify';
import { useConfirm } from './confirm';
import { useUndo } from './useUndo';

export function useConfirmedRemove(
  collection: Collection,
): [(items: { id: number; name: string }[], found?: Found | null) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [ask, dialogue] = useConfirm();
  const removal = useUndoableRemove(collection);
  const foundRemoval = useRemoveFound(collection);
  const offerUndo = useUndo(collection);

  const removeFound = async (found: Found) => {
    const text = t('forms.removeFoundQuestion', { total: number(found.total) });
    const sure = await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') });
    if (!sure) return false;
    try {
      const { changed, undo } = await foundRemoval.mutateAsync(found);
      const said = t('forms.removed', { count: changed });
      if (undo) offerUndo(said, undo);
      else notifyDone(said);
      return true;
    } catch (error) {
      notifyError(error);
      return false;
    }
  };

  const remove = async (items: { id: number; name: string }[], found?: Found | null) => {
    if (found) return removeFound(found);
    const names = items.slice(0, 5).map(({ name }) => name).join('; ');
    const text = t('forms.removeQuestion', { count: items.length, names: items.length > 5 ? `${names} …` : names });
    const sure = await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') });
    if (!sure) return false;
    const { changes, error } = await removal.mutateAsync(items.map(({ id }) => id));
    const undoable = changes.filter((id) => id > 0);
    const said = t('forms.removed', { count: changes.length });
    if (undoable.length) offerUndo(said, undoable);
    else if (changes.length) notifyDone(said);
    if (error) notifyError(error);
    return !error;
  };
  return [remove, dialogue];
}
