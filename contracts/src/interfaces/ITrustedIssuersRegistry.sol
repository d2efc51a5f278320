// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who accredited whom (EBSI Trusted Issuers Registry v5)
/// @notice An attribute is one accreditation of one DID: a row of revisions, the last of which counts. Its id is
/// the id of its first revision. A revision belongs to one attribute of one DID.
interface ITrustedIssuersRegistry {
    /// EBSI's issuer types, in its order.
    enum IssuerType {
        Undefined,
        RootTAO,
        TAO,
        TI,
        Revoked
    }

    /// 1 RootTAO, 2 TAO, 3 TI, 4 Revoked; a new attribute cannot begin as Revoked.
    error InvalidIssuerType(uint8 issuerType);

    error InvalidRevisionId();

    /// The revision belongs to another DID.
    error AttributeStoredForAnotherDid(bytes32 revisionId);

    /// Only holders of the policy `TIR:setAttributeMetadata` make a RootTAO.
    error RootTaoNeedsPolicy(address caller);

    /// The accrediting DID has no such attribute.
    error TaoAttributeNotFound(string taoDid, bytes32 attributeIdTao);

    /// The caller acts neither for the accrediting DID nor by policy.
    error NotAllowedToAccredit(address caller, string taoDid);

    /// The accrediting attribute is not RootTAO or TAO now.
    error TaoNotAccredited(string taoDid, bytes32 attributeIdTao, uint8 issuerType);

    /// An existing attribute is changed only by its TAO or its RootTAO.
    error NotTheTaoOfAttribute(string taoDid, bytes32 attributeId);

    /// An attribute cannot be its own parent, unless it is revoked.
    error SelfAccreditation(bytes32 attributeId);

    /// The DID has no such attribute.
    error AttributeNotFound(string did, bytes32 attributeId);

    /// The caller does not act for the issuer.
    error NotTheIssuer(address caller, string did);

    /// The same data was recorded before.
    error RevisionExists(bytes32 revisionId);

    error EmptyAttributeData();

    error IssuerNotFound(string did);

    /// The caller acts neither for the issuer nor by the policy `TIR:updateIssuer`.
    error NotAllowedToUpdateIssuer(address caller, string did);

    error ProxyExists(bytes32 proxyId);

    error ProxyNotFound(bytes32 proxyId);

    /// Proxy data is `{` ... `}`, at most 8 KiB, without backslashes: an escape could hide a member's name.
    error InvalidProxyData();

    /// The ledger is public for ever: no credentials in it.
    error ProxyDataHoldsAuthorization();

    /// @notice Records a type and a parent for an attribute of `did`: a new attribute with the id `revisionId`,
    /// or a change of the attribute that the revision belongs to.
    /// @param issuerType 1 RootTAO, 2 TAO, 3 TI, 4 Revoked.
    /// @param taoDid The accrediting DID, for which the sender acts; ignored for RootTAO.
    /// @param attributeIdTao That DID's own attribute, RootTAO or TAO; ignored for RootTAO.
    function setAttributeMetadata(
        string calldata did,
        bytes32 revisionId,
        uint8 issuerType,
        string calldata taoDid,
        bytes32 attributeIdTao
    ) external;

    /// @notice Records the body of an attribute; its revision id is the SHA-256 of the bytes.
    function setAttributeData(
        string calldata did,
        bytes32 attributeId,
        bytes calldata attributeData
    ) external;

    /// @notice Adds a proxy to the issuer's status lists; its id is the SHA-256 of the text.
    function addIssuerProxy(
        string calldata did,
        string calldata proxyData
    ) external;

    /// @notice Replaces a proxy's data; the id stays.
    function updateIssuerProxy(
        string calldata did,
        bytes32 proxyId,
        string calldata proxyData
    ) external;

    /// @notice Removes a proxy.
    function removeIssuerProxy(
        string calldata did,
        bytes32 proxyId
    ) external;

    /// @notice Type of the attribute's last revision; 0 if the DID has no such attribute.
    /// @param didHash SHA-256 of the DID.
    function issuerTypeOf(
        bytes32 didHash,
        bytes32 attributeId
    ) external view returns (uint8);
}
