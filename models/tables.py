"""The one import door to all tables."""

from models.base import Row
from models.campaign import Campaign, Milestone, Reminder, Submission
from models.capture import Capture, CaptureCode, Device, PackageIssue, SentBytes
from models.chat import ChatTurn
from models.draw import Draw, DrawnParcel
from models.form import FormVersion
from models.inspection import Finding, Inspection
from models.ledger import Entry, EntryProgress, EntryProof, EntryUnit, HandOver, PresetBook
from models.ledger_return import LedgerReturn
from models.package import EvidencePackage, PackageOrder
from models.parcel import ImportBatch, Parcel, ParcelShape
from models.person import Person, SetupLink, SignIn, SignInTry, Team, Unit
from models.photo import Blob, Examination, Fingerprint, Photo, PhotoDecision
from models.project import Project
from models.record import Counter, Event, Fact, Outbox
from models.reexamination import Reexamination, Trial, TrialChange
from models.rulebook import RuleBook
from models.sync import (
    AccessToken,
    AccessTry,
    Counterpart,
    Delivery,
    SignedCall,
    SyncChannel,
)
from models.task import Task

metadata = Row.metadata

__all__ = [
    "AccessToken",
    "AccessTry",
    "Blob",
    "Campaign",
    "Capture",
    "CaptureCode",
    "ChatTurn",
    "Counter",
    "Counterpart",
    "Delivery",
    "Device",
    "Draw",
    "DrawnParcel",
    "Entry",
    "EntryProgress",
    "EntryProof",
    "EntryUnit",
    "Event",
    "EvidencePackage",
    "Examination",
    "Fact",
    "Finding",
    "Fingerprint",
    "FormVersion",
    "HandOver",
    "ImportBatch",
    "Inspection",
    "LedgerReturn",
    "Milestone",
    "Outbox",
    "PackageIssue",
    "PackageOrder",
    "Parcel",
    "ParcelShape",
    "Person",
    "Photo",
    "PhotoDecision",
    "PresetBook",
    "Project",
    "Reexamination",
    "Reminder",
    "RuleBook",
    "SentBytes",
    "SetupLink",
    "SignIn",
    "SignInTry",
    "SignedCall",
    "Submission",
    "SyncChannel",
    "Task",
    "Team",
    "Trial",
    "TrialChange",
    "Unit",
    "metadata",
]
