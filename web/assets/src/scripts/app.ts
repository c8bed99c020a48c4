// The script of every page. Nothing here is needed to do the work: each page is links, forms and full loads; this shortens the trip.
import { createAll, ErrorSummary, PasswordInput, ServiceNavigation, SkipLink } from "govuk-frontend";
import { startCompose } from "./compose";
import { startKeys } from "./keys";
import { startLists } from "./lists";
import { startLive } from "./live";
import { startPresence } from "./presence";
import { sayPolitely } from "./say";
import "./swaps";

document.documentElement.classList.add("js");
document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [SkipLink, ErrorSummary, PasswordInput, ServiceNavigation]) createAll(component);

startKeys();
startLists();
startCompose();
startPresence();
startLive();

const flash = document.querySelector<HTMLElement>("[data-announce]");
if (flash) window.setTimeout(() => sayPolitely(flash.textContent ?? "", true), 300);
