import type { TFunction } from 'i18next';
import { Link } from 'react-router-dom';
import type { Phone, Registration } from '../../api/types';
import type { Column } from '../../table/types';
import { PhoneState } from './PhoneState';

/** 192.0.2.7:5060 or udp:[2001:db8::1]:5060 -> the address alone */
export function hostOf(source: string): string {
  const bare = source.replace(/^[a-z]+:(\/\/)?/, '');
  const six = /^\[([^\]]+)\]/.exec(bare);
  return six?.[1] ?? bare.replace(/:\d+$/, '');
}

function AddressLink({ source }: { source: string }) {
  const host = hostOf(source);
  const url = `http://${host.includes(':') ? `[${host}]` : host}/`;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {host}
    </a>
  );
}

export function phoneColumns(t: TFunction, registrations: Map<number, Registration[]>): Column<Phone>[] {
  const of = (phone: Phone) => registrations.get(phone.id) ?? [];
  return [
    { id: 'state', text: 'phones.column.state', cell: (phone) => <PhoneState phone={phone} registrations={of(phone)} /> },
    {
      id: 'name',
      text: 'phones.column.name',
      sortable: true,
      cell: (phone) => <Link to={`/phones/${phone.id}`}>{phone.name}</Link>,
    },
    {
      id: 'type',
      text: 'phones.column.type',
      sortable: true,
      cell: (phone) => (phone.type ? <Link to={`/device-types/${phone.type}`}>{phone.type_name}</Link> : phone.type_name),
    },
    {
      id: 'source',
      text: 'phones.column.address',
      cell: (phone) => {
        const source = of(phone)[0]?.source ?? phone.host;
        return source && <AddressLink source={source} />;
      },
    },
    { id: 'user_agent', text: 'phones.column.agent', cell: (phone) => of(phone)[0]?.user_agent },
    {
      id: 'users',
      text: 'phones.column.users',
      cell: (phone) =>
        phone.users.map((user, index) => (
          <span key={user}>
            {index > 0 && '; '}
            <Link to={`/users/${user}`}>{phone.user_names[index]}</Link>
          </span>
        )),
    },
    {
      id: 'rtt',
      text: 'phones.column.rtt',
      extra: true,
      numeric: true,
      cell: (phone) => {
        const rtt = of(phone)[0]?.rtt_ms;
        return typeof rtt === 'number' ? t('phones.ms', { ms: rtt }) : '';
      },
    },
    { id: 'transport', text: 'phones.column.transport', sortable: true, extra: true, cell: (phone) => phone.transport.toUpperCase() },
    { id: 'contacts', text: 'phones.column.contacts', extra: true, numeric: true, cell: (phone) => of(phone).length },
  ];
}
