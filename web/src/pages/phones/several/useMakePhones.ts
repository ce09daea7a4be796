// Makes the phones in one request, then gives each to its user.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { useCreateSeveral } from '../../../api/collections';
import { userName } from '../../../api/names';
import { invalidateEntity } from '../../../api/related';
import type { Phone, Settings, SipAccount, User } from '../../../api/types';
import { change } from '../../../api/write';
import { generate, type Policy } from '../../../forms/password';

export interface MadePhone {
  id: number;
  name: string;
  secret: string;
  user: string;
}

export interface MadePhones {
  phones: MadePhone[];
  /** Server, port and transport are the same for all. */
  account: SipAccount;
  /** Users who could not be given theirs. */
  notGiven: string[];
}

interface Wanted {
  names: string[];
  type: number | null;
  users: number[];
}

async function give(user: number, phone: number): Promise<string> {
  const found = await api.get<User>(`users/${user}`);
  await change<User>(`users/${user}`, { phones: [...found.phones, phone] }, { phones: found.phones });
  return userName(found);
}

export function useMakePhones() {
  const client = useQueryClient();
  const several = useCreateSeveral<Phone & { secret: string }>('phones');
  return useMutation({
    mutationFn: async ({ names, type, users }: Wanted): Promise<MadePhones> => {
      const settings = await api.get<Settings>('settings');
      const policy: Policy = settings.password_policy === 'paranoid' ? 'paranoid' : 'secure';
      const wanted = names.map((name) => ({ name, secret: generate(policy, name), type }));
      const { rows } = await several.mutateAsync(wanted);
      const phones = rows.map(({ id }, index) => ({ id, name: wanted[index]?.name ?? '', secret: wanted[index]?.secret ?? '', user: '' }));
      const notGiven: string[] = [];
      for (const [index, phone] of phones.entries()) {
        const user = users[index];
        if (user === undefined) break;
        try {
          phone.user = await give(user, phone.id);
        } catch {
          notGiven.push(phone.name);
        }
      }
      const account = await api.get<SipAccount>(`phones/${phones[0]?.id}/sip-account`);
      return { phones, account, notGiven };
    },
    onSettled: () => invalidateEntity(client, 'user'),
  });
}
