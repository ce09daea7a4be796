// Which page lives at which address. Each is loaded when first visited.
import { lazy } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Frame } from './Frame';
import { Need } from './NoRight';

const Home = lazy(() => import('../pages/overview/Home'));
const Account = lazy(() => import('../pages/account/Account'));
const Manager = lazy(() => import('../pages/manager/Manager'));
const Keys = lazy(() => import('../pages/keys/Keys'));
const UserKeys = lazy(() => import('../pages/keys/UserKeys'));
const OwnRecords = lazy(() => import('../pages/records/OwnRecords'));
const Calls = lazy(() => import('../pages/calls/Calls'));
const Records = lazy(() => import('../pages/records/Records'));
const Traces = lazy(() => import('../pages/traces/Traces'));
const Ladder = lazy(() => import('../pages/traces/TracePage'));
const Users = lazy(() => import('../pages/users/Users'));
const UserImport = lazy(() => import('../pages/users/import/UserImport'));
const UserEditor = lazy(() => import('../pages/users/UserEditor'));
const Groups = lazy(() => import('../pages/groups/Groups'));
const GroupEditor = lazy(() => import('../pages/groups/GroupEditor'));
const Phones = lazy(() => import('../pages/phones/Phones'));
const SeveralPhones = lazy(() => import('../pages/phones/several/SeveralPhones'));
const PhoneEditor = lazy(() => import('../pages/phones/PhoneEditor'));
const DeviceTypes = lazy(() => import('../pages/device-types/DeviceTypes'));
const DeviceTypeEditor = lazy(() => import('../pages/device-types/DeviceTypeEditor'));
const Numbers = lazy(() => import('../pages/numbers/Numbers'));
const Notices = lazy(() => import('../pages/notices/Notices'));
const Subscriptions = lazy(() => import('../pages/subscriptions/Subscriptions'));
const Lines = lazy(() => import('../pages/lines/Lines'));
const LineEditor = lazy(() => import('../pages/lines/LineEditor'));
const Providers = lazy(() => import('../pages/providers/Providers'));
const ProviderEditor = lazy(() => import('../pages/providers/ProviderEditor'));
const Routing = lazy(() => import('../pages/routing/Routing'));
const RuleEditor = lazy(() => import('../pages/routing/RuleEditor'));
const EmergencyNumbers = lazy(() => import('../pages/emergency/EmergencyNumbers'));
const EmergencyEditor = lazy(() => import('../pages/emergency/EmergencyEditor'));
const Sites = lazy(() => import('../pages/sites/Sites'));
const SiteEditor = lazy(() => import('../pages/sites/SiteEditor'));
const SpeedDials = lazy(() => import('../pages/speed-dials/SpeedDials'));
const Announcements = lazy(() => import('../pages/announcements/Announcements'));
const Mailboxes = lazy(() => import('../pages/mailboxes/Mailboxes'));
const ConferenceRooms = lazy(() => import('../pages/conference-rooms/ConferenceRooms'));
const ConferenceRoomEditor = lazy(() => import('../pages/conference-rooms/ConferenceRoomEditor'));
const MailboxEditor = lazy(() => import('../pages/mailboxes/MailboxEditor'));
const Voicemails = lazy(() => import('../pages/voicemail/Voicemails'));
const OwnInvitation = lazy(() => import('../pages/conferences/OwnInvitations'));
const Conferences = lazy(() => import('../pages/conferences/Conferences'));
const ConferenceEditor = lazy(() => import('../pages/conferences/ConferenceEditor'));
const Prompts = lazy(() => import('../pages/prompts/Prompts'));
const MusicLoops = lazy(() => import('../pages/music/MusicLoops'));
const MusicEditor = lazy(() => import('../pages/music/MusicEditor'));
const RouteTest = lazy(() => import('../pages/route-test/RouteTest'));
const AddressRules = lazy(() => import('../pages/addresses/AddressRules'));
const Certificates = lazy(() => import('../pages/certificates/Certificates'));
const Mail = lazy(() => import('../pages/mail/Mail'));
const Changes = lazy(() => import('../pages/changes/Changes'));
const Licence = lazy(() => import('../pages/licence/Licence'));
const Logs = lazy(() => import('../pages/logs/Logs'));
const ApiDocs = lazy(() => import('../pages/apidocs/ApiDocs'));
const Settings = lazy(() => import('../pages/settings/Settings'));
const StarCodes = lazy(() => import('../pages/star-codes/StarCodes'));
const OwnCodes = lazy(() => import('../pages/star-codes/OwnCodes'));
const NotFound = lazy(() => import('../pages/NotFound'));

export function Pages() {
  return (
    <Routes>
      <Route element={<Frame />}>
        <Route index element={<Home />} />
        <Route path="api-docs" element={<ApiDocs />} />
        <Route path="account" element={<Account />} />
        <Route path="my-codes" element={<OwnCodes />} />
        <Route element={<Need right="callman" />}>
          <Route path="manager" element={<Manager />} />
        </Route>
        <Route element={<Need right="fkey" />}>
          <Route path="keys" element={<Keys />} />
        </Route>
        <Route element={<Need right="conference" />}>
          <Route path="conferences" element={<Conferences />} />
          <Route path="conferences/:id" element={<ConferenceEditor />} />
          <Route path="conferences/invitations/:id" element={<OwnInvitation />} />
        </Route>
        <Route element={<Need right="voice" />}>
          <Route path="voicemail" element={<Voicemails />} />
        </Route>
        <Route element={<Need right="calllist" />}>
          <Route path="my-calls" element={<OwnRecords />} />
        </Route>
        <Route element={<Need right="admin" />}>
          <Route path="calls" element={<Calls />} />
          <Route path="star-codes" element={<StarCodes />} />
          <Route path="records" element={<Records />} />
          <Route path="traces" element={<Traces />} />
          <Route path="traces/call" element={<Ladder />} />
          <Route path="users" element={<Users />} />
          <Route path="users/import" element={<UserImport />} />
          <Route path="users/:id" element={<UserEditor />} />
          <Route path="users/:id/keys" element={<UserKeys />} />
          <Route path="groups" element={<Groups />} />
          <Route path="groups/:id" element={<GroupEditor />} />
          <Route path="phones" element={<Phones />} />
          <Route path="phones/several" element={<SeveralPhones />} />
          <Route path="phones/:id" element={<PhoneEditor />} />
          <Route path="device-types" element={<DeviceTypes />} />
          <Route path="device-types/:id" element={<DeviceTypeEditor />} />
          <Route path="numbers" element={<Numbers />} />
          <Route path="notices" element={<Notices />} />
          <Route path="subscriptions" element={<Subscriptions />} />
          <Route path="lines" element={<Lines />} />
          <Route path="lines/:id" element={<LineEditor />} />
          <Route path="providers" element={<Providers />} />
          <Route path="providers/:id" element={<ProviderEditor />} />
          <Route path="routing" element={<Routing />} />
          <Route path="routing/rules/:id" element={<RuleEditor />} />
          <Route path="emergency-numbers" element={<EmergencyNumbers />} />
          <Route path="emergency-numbers/:id" element={<EmergencyEditor />} />
          <Route path="sites" element={<Sites />} />
          <Route path="sites/:id" element={<SiteEditor />} />
          <Route path="route-test" element={<RouteTest />} />
          <Route path="changes" element={<Changes />} />
          <Route path="addresses" element={<AddressRules />} />
          <Route path="conference-rooms" element={<ConferenceRooms />} />
          <Route path="conference-rooms/:id" element={<ConferenceRoomEditor />} />
          <Route path="mailboxes" element={<Mailboxes />} />
          <Route path="mailboxes/:id" element={<MailboxEditor />} />
          <Route path="all-conferences" element={<Conferences whose="all" />} />
          <Route path="all-conferences/:id" element={<ConferenceEditor whose="all" />} />
          <Route path="announcements" element={<Announcements />} />
          <Route path="speed-dials" element={<SpeedDials />} />
          <Route path="prompts" element={<Prompts />} />
          <Route path="music" element={<MusicLoops />} />
          <Route path="music/:id" element={<MusicEditor />} />
          <Route path="certificates" element={<Certificates />} />
          <Route path="mail" element={<Mail />} />
          <Route path="licence" element={<Licence />} />
          <Route path="logs" element={<Logs />} />
          <Route path="settings" element={<Settings />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
