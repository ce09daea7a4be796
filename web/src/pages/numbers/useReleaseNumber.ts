// Takes a number from who holds it; the number stays and is free.
import i18next from 'i18next';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { invalidateEntity } from '../../api/related';
import { notifyDone, notifyError } from '../../shell/notify';
import { holds, type Holder } from './holder';
import { findNumber } from './useGiveNumber';

export function useReleaseNumber() {
  const client = useQueryClient();
  return async (number: string, holder: Holder) => {
    try {
      const item = await findNumber(number);
      if (item && holds(holder, item)) await api.patch(`numbers/${item.id}`, { [holder.kind]: null });
      notifyDone(i18next.t('numbers.released', { number }));
    } catch (error) {
      notifyError(error);
    }
    void invalidateEntity(client, 'number');
  };
}
