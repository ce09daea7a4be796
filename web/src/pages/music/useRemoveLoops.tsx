// Removes loops after asking; the question says who hears them.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MusicLoop } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { notifyError } from '../../shell/notify';

export function useRemoveLoops(): [(loops: MusicLoop[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('music-loops');
  const named = ({ id, name, numbers, users, groups }: MusicLoop) => ({
    id,
    name: numbers + users + groups > 0 ? t('music.inUse', { name, numbers, users, groups }) : name,
  });
  const removeOwn = async (loops: MusicLoop[]) => {
    if (!loops.some(({ builtin }) => builtin)) return remove(loops.map(named));
    notifyError(new Error(t('music.supplied')));
    return false;
  };
  return [removeOwn, dialogue];
}
