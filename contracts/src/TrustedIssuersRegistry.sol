// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {ITrustedIssuersRegistry} from "./interfaces/ITrustedIssuersRegistry.sol";
import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {Authorities} from "./Authorities.sol";
import {DidSyntax} from "./DidSyntax.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";
import {ProxyData} from "./ProxyData.sol";
import {Subjects} from "./Subjects.sol";

/// @title TrustedIssuersRegistry
/// @notice Keeps what decides who may accredit; bodies and proxies are in the log's entries.
contract TrustedIssuersRegistry is ITrustedIssuersRegistry, LogWriter {
    struct Attribute {
        uint8 issuerType;
        bytes32 taoHash;
        bytes32 rootTaoHash;
        bytes32 lastRevisionId;
    }

    struct Place {
        bytes32 didHash;
        bytes32 attributeId;
    }

    enum Proxy {
        Unknown,
        Stored,
        Removed
    }

    /// Where the registry looks up who may act for a DID.
    IDidRegistry public immutable dids;
    /// Where the registry looks up policies.
    ITrustedPoliciesRegistry public immutable policies;

    mapping(bytes32 didHash => mapping(bytes32 attributeId => Attribute)) private _attributes;
    mapping(bytes32 revisionId => Place) private _places;
    mapping(bytes32 didHash => bool) private _issuers;
    mapping(bytes32 didHash => mapping(bytes32 proxyId => Proxy)) private _proxies;

    /// @param dids_ The DidRegistry.
    /// @param policies_ The TrustedPoliciesRegistry.
    /// @param log_ Address at which the log will be deployed.
    constructor(
        address dids_,
        address policies_,
        address log_
    ) LogWriter(log_) {
        dids = IDidRegistry(dids_);
        policies = ITrustedPoliciesRegistry(policies_);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function setAttributeMetadata(
        string calldata did,
        bytes32 revisionId,
        uint8 issuerType,
        string calldata taoDid,
        bytes32 attributeIdTao
    ) external {
        DidSyntax.check(did);
        if (revisionId == 0) revert InvalidRevisionId();
        bytes32 key = sha256(bytes(did));
        Place memory place = _places[revisionId];
        bool begins = place.attributeId == 0;
        if (!begins && place.didHash != key) revert AttributeStoredForAnotherDid(revisionId);
        if (issuerType == 0 || issuerType > 4 || (begins && issuerType == uint8(IssuerType.Revoked))) {
            revert InvalidIssuerType(issuerType);
        }
        bytes32 attributeId = begins ? revisionId : place.attributeId;
        if (issuerType == uint8(IssuerType.RootTAO)) {
            if (!policies.hasAttribute(msg.sender, "TIR:setAttributeMetadata")) {
                revert RootTaoNeedsPolicy(msg.sender);
            }
            _attributes[key][attributeId].rootTaoHash = key;
            _revise(did, key, attributeId, issuerType, did, attributeId, Authorities.POLICY);
        } else {
            Attribute storage tao = _attributes[sha256(bytes(taoDid))][attributeIdTao];
            if (tao.issuerType == 0) revert TaoAttributeNotFound(taoDid, attributeIdTao);
            uint8 authority = _accreditingAuthority(
                Place(key, attributeId), issuerType, taoDid, attributeIdTao, tao.issuerType
            );
            _attributes[key][attributeId].rootTaoHash = tao.rootTaoHash;
            _revise(did, key, attributeId, issuerType, taoDid, attributeIdTao, authority);
        }
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function setAttributeData(
        string calldata did,
        bytes32 attributeId,
        bytes calldata attributeData
    ) external {
        bytes32 key = sha256(bytes(did));
        Attribute storage attribute = _attributes[key][attributeId];
        if (attribute.issuerType == 0) revert AttributeNotFound(did, attributeId);
        (bool acts, uint8 authority) = dids.authorityOf(did, msg.sender);
        if (!acts) revert NotTheIssuer(msg.sender, did);
        if (attributeData.length == 0) revert EmptyAttributeData();
        bytes32 revisionId = sha256(attributeData);
        if (_places[revisionId].attributeId != 0) revert RevisionExists(revisionId);
        _places[revisionId] = Place(key, attributeId);
        attribute.lastRevisionId = revisionId;
        _record(
            Kinds.ISSUER_ATTRIBUTE_DATA,
            key,
            attributeId,
            abi.encode(did, attributeId, revisionId, attributeData, authority)
        );
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function addIssuerProxy(
        string calldata did,
        string calldata proxyData
    ) external {
        bytes32 key = sha256(bytes(did));
        uint8 authority = _updatingAuthority(did, key);
        ProxyData.check(proxyData);
        bytes32 proxyId = sha256(bytes(proxyData));
        Proxy proxy = _proxies[key][proxyId];
        if (proxy == Proxy.Stored) revert ProxyExists(proxyId);
        _proxies[key][proxyId] = Proxy.Stored;
        if (proxy == Proxy.Unknown) _recordBeginning(did, key, Subjects.PROXY, proxyId, authority);
        _recordProxy(Kinds.ISSUER_PROXY_ADDED, did, key, proxyId, proxyData, authority);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function updateIssuerProxy(
        string calldata did,
        bytes32 proxyId,
        string calldata proxyData
    ) external {
        bytes32 key = sha256(bytes(did));
        uint8 authority = _updatingAuthority(did, key);
        if (_proxies[key][proxyId] != Proxy.Stored) revert ProxyNotFound(proxyId);
        ProxyData.check(proxyData);
        _recordProxy(Kinds.ISSUER_PROXY_UPDATED, did, key, proxyId, proxyData, authority);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function removeIssuerProxy(
        string calldata did,
        bytes32 proxyId
    ) external {
        bytes32 key = sha256(bytes(did));
        uint8 authority = _updatingAuthority(did, key);
        if (_proxies[key][proxyId] != Proxy.Stored) revert ProxyNotFound(proxyId);
        _proxies[key][proxyId] = Proxy.Removed;
        _recordProxy(Kinds.ISSUER_PROXY_REMOVED, did, key, proxyId, "", authority);
    }

    /// @inheritdoc ITrustedIssuersRegistry
    function issuerTypeOf(
        bytes32 didHash,
        bytes32 attributeId
    ) external view returns (uint8) {
        return _attributes[didHash][attributeId].issuerType;
    }

    /// @dev EBSI's rules 4 to 6, and two of ours: a policy too names a parent that may accredit, and no
    /// attribute is its own parent, for such a chain would never reach a root. A revocation needs neither.
    function _accreditingAuthority(
        Place memory place,
        uint8 issuerType,
        string calldata taoDid,
        bytes32 attributeIdTao,
        uint8 taoType
    ) private view returns (uint8 authority) {
        bool revokes = issuerType == uint8(IssuerType.Revoked);
        bytes32 taoHash = sha256(bytes(taoDid));
        bool byPolicy = policies.hasAttribute(msg.sender, "TIR:setAttributeMetadata");
        if (byPolicy) {
            authority = Authorities.POLICY;
        } else {
            bool acts;
            (acts, authority) = dids.authorityOf(taoDid, msg.sender);
            if (!acts) revert NotAllowedToAccredit(msg.sender, taoDid);
            Attribute storage attribute = _attributes[place.didHash][place.attributeId];
            bool begins = attribute.issuerType == 0;
            if (!begins && attribute.taoHash != taoHash && attribute.rootTaoHash != taoHash) {
                revert NotTheTaoOfAttribute(taoDid, place.attributeId);
            }
        }
        bool mayAccredit = taoType == uint8(IssuerType.RootTAO) || taoType == uint8(IssuerType.TAO);
        if (!mayAccredit && !(byPolicy && revokes)) revert TaoNotAccredited(taoDid, attributeIdTao, taoType);
        if (taoHash == place.didHash && attributeIdTao == place.attributeId && !revokes) {
            revert SelfAccreditation(attributeIdTao);
        }
    }

    function _revise(
        string calldata did,
        bytes32 key,
        bytes32 attributeId,
        uint8 issuerType,
        string calldata taoDid,
        bytes32 attributeIdTao,
        uint8 authority
    ) private {
        Attribute storage attribute = _attributes[key][attributeId];
        bytes32 revisionId = attributeId;
        if (attribute.issuerType == 0) {
            _issuers[key] = true;
            _recordBeginning(did, key, Subjects.ATTRIBUTE, attributeId, authority);
        } else {
            revisionId = sha256(abi.encode(block.timestamp, did, attribute.lastRevisionId));
        }
        attribute.issuerType = issuerType;
        attribute.taoHash = sha256(bytes(taoDid));
        attribute.lastRevisionId = revisionId;
        // The id can be foreseen; who reserved it as an attribute of its own must not block a revocation.
        if (_places[revisionId].attributeId == 0) _places[revisionId] = Place(key, attributeId);
        _record(
            Kinds.ISSUER_ATTRIBUTE_METADATA,
            key,
            attributeId,
            abi.encode(did, attributeId, revisionId, issuerType, taoDid, attributeIdTao, authority)
        );
    }

    function _updatingAuthority(
        string calldata did,
        bytes32 key
    ) private view returns (uint8) {
        if (!_issuers[key]) revert IssuerNotFound(did);
        (bool acts, uint8 authority) = dids.authorityOf(did, msg.sender);
        if (acts) return authority;
        if (policies.hasAttribute(msg.sender, "TIR:updateIssuer")) return Authorities.POLICY;
        revert NotAllowedToUpdateIssuer(msg.sender, did);
    }

    function _recordBeginning(
        string calldata did,
        bytes32 key,
        bytes32 subjectType,
        bytes32 id,
        uint8 authority
    ) private {
        _record(Kinds.ISSUER_BEGAN, key, 0, abi.encode(did, subjectType, id, authority));
    }

    function _recordProxy(
        bytes32 kind,
        string calldata did,
        bytes32 key,
        bytes32 proxyId,
        string memory proxyData,
        uint8 authority
    ) private {
        _record(kind, key, proxyId, abi.encode(did, proxyId, proxyData, authority));
    }
}
