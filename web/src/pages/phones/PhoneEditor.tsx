// One phone: its data, what to type into the device, where it is registered.
import { Loader, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router-dom';
import { useItem } from '../../api/collections';
import { useEntitySchema } from '../../api/openapi';
import { useRegistrations } from '../../api/runtime';
import type { Phone } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { State } from '../../table/State';
import { Contacts } from './Contacts';
import { PhoneForm } from './PhoneForm';
import { PhoneState } from './PhoneState';
import { SipData } from './SipData';

export default function PhoneEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const [params, setParams] = useSearchParams();
  const schema = useEntitySchema('phone', id === 'new' ? 'create' : 'patch');
  const { data: phone, ...query } = useItem<Phone>('phones', id === 'new' ? null : Number(id));
  const copyOf = id === 'new' && params.has('copy') ? Number(params.get('copy')) : null;
  const copied = useItem<Phone>('phones', copyOf);
  const registrations = (useRegistrations().data ?? []).filter((r) => r.phone_id === phone?.id);

  const up = { to: '/phones', text: t('phones.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('phones.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !phone) || (copyOf !== null && copied.isPending)) return <Loader m="xl" size="sm" />;
  const tabs = [{ id: 'data', text: t('phones.tab.data') }];
  if (phone) tabs.push({ id: 'sip', text: t('phones.tab.sip') }, { id: 'contacts', text: t('phones.tab.contacts') });

  return (
    <PageFrame
      title={phone?.name ?? t('phones.new')}
      up={up}
      badge={phone && <PhoneState phone={phone} registrations={registrations} />}
    >
      <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
        <TabList tabs={tabs} />
        <Tabs.Panel value="data" p="md">
          <PhoneForm key={`${id} ${copyOf}`} schema={schema} phone={phone ?? null} copied={copied.data} />
        </Tabs.Panel>
        {phone && (
          <>
            <Tabs.Panel value="sip" p="md">
              <SipData phone={phone} />
            </Tabs.Panel>
            <Tabs.Panel value="contacts" p="md">
              <Contacts registrations={registrations} />
            </Tabs.Panel>
          </>
        )}
      </Tabs>
    </PageFrame>
  );
}
