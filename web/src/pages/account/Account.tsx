// One's own account: data, password, safety, tokens.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { useMe, useRights } from '../../api/session';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { MobilePhones } from '../mobile/MobilePhones';
import { SpeedDialTable } from '../speed-dials/SpeedDialTable';
import { OwnData } from './OwnData';
import { OwnRedirections } from './OwnRedirections';
import { OwnVoicemail } from './OwnVoicemail';
import { Password } from './Password';
import { Security } from './Security';
import { Tokens } from './Tokens';

export default function Account() {
  const { t } = useTranslation();
  const me = useMe();
  const rights = useRights();
  const [params, setParams] = useSearchParams();
  if (!me) return null;
  return (
    <PageFrame title={t('account.title')}>
      <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
        <TabList tabs={['data', ...(rights.has('redirect') ? ['redirections'] : []), ...(rights.has('ifmc_use') ? ['mobile'] : []), ...(rights.has('voice') ? ['voicemail'] : []), 'speedDials', 'password', 'security', 'tokens'].map((id) => ({ id, text: t(`account.tab.${id}`) }))} />
        <Tabs.Panel value="data" p="md">
          <OwnData me={me} />
        </Tabs.Panel>
        {rights.has('redirect') && (
          <Tabs.Panel value="redirections" p="md">
            <OwnRedirections me={me} />
          </Tabs.Panel>
        )}
        {rights.has('voice') && (
          <Tabs.Panel value="voicemail" p="md">
            <OwnVoicemail />
          </Tabs.Panel>
        )}
        {rights.has('ifmc_use') && (
          <Tabs.Panel value="mobile" p="md">
            <MobilePhones whose="own" mayEdit={rights.has('ifmc_edit')} dnd={me.dnd} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="speedDials" p="md">
          <SpeedDialTable list="me/speed-dials" mayEdit={rights.has('setting')} />
        </Tabs.Panel>
        <Tabs.Panel value="password" p="md">
          <Password />
        </Tabs.Panel>
        <Tabs.Panel value="security" p="md">
          <Security />
        </Tabs.Panel>
        <Tabs.Panel value="tokens" p="md">
          <Tokens />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
