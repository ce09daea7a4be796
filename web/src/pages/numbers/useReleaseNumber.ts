// Takes a number from its user; the number stays and is free.
import i18next from 'i18next';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { notifyDone, notifyError } from '../../shell/notify';
import { findNumber } from './useGiveNumber';

export function useReleaseNumber() {
  const client = useQueryClient();
  return async (number: string) => {
    try {
      const item = await findNumber(number);
      if (item) await api.patch(`numbers/${item.id}`, { user: null });
      notifyDone(i18next.t('users.released', { number }));
    } catch (error) {
      notifyError(error);
    }
    for (const key of ['numbers', 'users']) void client.invalidateQueries({ queryKey: [key] });
  };
}
